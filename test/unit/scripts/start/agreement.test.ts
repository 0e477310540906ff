import assert from 'node:assert/strict';
import type { Entry } from '../../../../src/simulator/service';
import { disagreements, sendsOf, type ShownAnswer } from '../../../../scripts/start/agreement';

const entry = {
	at: 0,
	status: 200,
	inputTokens: 0,
	end: 'none',
	model: 'flash',
	method: 'streamGenerateContent',
} as const;

const sends: readonly Entry[] = [
	{ ...entry, n: 1, tail: 'nute', outcome: 'rejected:429_rpm_free' },
	{ ...entry, n: 2, tail: '-day', outcome: 'rejected:rpd' },
	{ ...entry, n: 3, tail: 'alid', outcome: 'rejected:400_api_key_invalid' },
	{ ...entry, n: 4, tail: 'od-1', outcome: 'answered', end: 'complete', nonce: 'sim-answer-1', question: 'why?' },
];

const outcomes = ['rpm', 'rpd', 'badKey', 'answered'];
const attempts = outcomes.map((outcome, n) => ({ label: `Key ${String(n + 1)}`, model: 'flash', outcome }));
const shown: ShownAnswer = { question: 'why?', text: 'so: sim-answer-1', key: 'Key 4', fallbacks: 3, attempts };

describe('the comparison of a headless start', () => {
	it('finds nothing where window and simulator agree', () => {
		assert.deepEqual(disagreements(shown, sends), []);
	});

	const wrong: Readonly<Record<string, Partial<ShownAnswer>>> = {
		'another text': { text: 'so: sim-answer-2' },
		'another key': { key: 'Key 3' },
		'another count of fallbacks': { fallbacks: 2 },
		'another question': { question: 'what?' },
		'a send that was never made': { attempts: [...attempts.slice(0, 3), ...attempts.slice(2)] },
		'another reason': {
			attempts: attempts.map((send) => (send.outcome === 'rpd' ? { ...send, outcome: 'rpm' } : send)),
		},
		'one label for two keys': { attempts: attempts.map((send) => ({ ...send, label: 'Key 4' })) },
	};
	for (const [name, part] of Object.entries(wrong)) {
		it(`finds ${name}`, () => {
			assert.notDeepEqual(disagreements({ ...shown, ...part }, sends), []);
		});
	}

	it('does not pass an answer that the service never finished', () => {
		const cut = sends.map((send) => (send.end === 'complete' ? { ...send, end: 'broken' as const } : send));
		assert.notDeepEqual(disagreements(shown, cut), []);
	});

	it('counts generating calls only', () => {
		assert.deepEqual(sendsOf([{ ...entry, n: 1, tail: 'od-1', outcome: 'answered', method: 'list' }]), []);
	});
});
