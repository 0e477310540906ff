import assert from 'node:assert/strict';
import { footer } from '../../../../src/languageModel/participant/footer';
import {
	askedIn,
	participantPrompt,
	type Exchange,
	type Question,
} from '../../../../src/languageModel/participant/participantPrompt';
import { SentQuestions } from '../../../../src/languageModel/participant/sentQuestions';
import { poolStatus } from '../../../../src/languageModel/status/poolStatus';
import { statusMarkdown } from '../../../../src/languageModel/status/statusMarkdown';
import { createWords } from '../../../../src/localization/words';
import type { KeyId } from '../../../../src/pool/pool';
import { attempt } from '../../../support/views/dashboard/facts';
import { keyView, model, noon, snapshotOf, standings, translate, words } from '../../../support/views/snapshots';

const bare: Question = { command: undefined, text: '', pieces: [], texts: [], images: [] };
const textsIn = (history: readonly Exchange[], question: Partial<Question>) =>
	participantPrompt(history, { ...bare, ...question }, translate).turns.map(({ role, content }) =>
		[role, ...content.map((one) => (one.type === 'text' ? one.text : one.type))].join(': '),
	);

describe('what @keypool asks', () => {
	it('is the command’s wish, the person’s words, and what goes along', () => {
		const pieces = [{ file: 'a.ts', language: 'typescript', text: 'let a;' }];
		const images = [{ mimeType: 'image/png', data: 'AAAA' }];
		assert.deepEqual(textsIn([], { command: 'explain', text: 'Briefly', texts: ['note'], pieces, images }), [
			'user: Explain this code.\n\nBriefly\n\nnote\n\nFile: a.ts (typescript)\n```typescript\nlet a;\n```: image',
		]);
	});

	it('comes after earlier exchanges that had an answer, the newest of them where there are too many', () => {
		const history = [
			{ question: 'Old', answer: 'x'.repeat(399_990) },
			{ question: 'Failed', answer: '' },
			{ question: 'New', answer: 'Yes' },
			{ question: askedIn('tests', '', translate), answer: 'Done' },
		];
		assert.deepEqual(textsIn(history, { text: 'And?' }), [
			...['user: New', 'model: Yes', 'user: Write tests for this code.', 'model: Done', 'user: And?'],
		]);
		assert.equal(textsIn(history.slice(1), { text: 'And?' }).length, 5);
	});
});

describe('questions of @keypool as they were sent', () => {
	it('are kept with the code that went along, the newest of them', () => {
		const sent = new SentQuestions();
		sent.keep('1', 'a'.repeat(400_000));
		sent.keep('2', 'b'.repeat(400_000));
		assert.deepEqual([sent.text('1')?.length, sent.text('2')?.length, sent.text('3')], [400_000, 400_000, undefined]);
		sent.keep('3', 'c'.repeat(400_000));
		assert.deepEqual([sent.text('1'), sent.text('2')?.length, sent.text('3')?.length], [undefined, 400_000, 400_000]);
		sent.keep('4', 'd'.repeat(2_000_000));
		assert.deepEqual(
			['1', '2', '3', '4'].map((id) => sent.text(id)),
			[undefined, undefined, undefined, undefined],
		);
		sent.keep('5', 'e');
		assert.equal(sent.text('5'), 'e');
	});
});

describe('what stands under an answer of @keypool', () => {
	it('is model, key, tokens, time and what failed before; no name becomes a link', () => {
		const on = { key: 'k' as KeyId, model };
		const usage = { input: 1_000, cached: 0, output: 200, thoughts: 34 };
		const attempts = [attempt('one', 'rpm'), attempt('[two](command:x)', 'answered')];
		const done = { type: 'done', attempt: 2, finishReason: 'STOP', on, usage, attempts } as const;
		const line = footer(done, 2_345, words, () => 'gone');
		const byOther = [{ ...attempt('one', 'answered'), servedModel: 'other' }];
		assert.match(
			footer({ ...done, attempts: byOther }, 0, words, () => 'gone'),
			/other · one/,
		);
		assert.equal(
			line,
			'\n\n---\n\ngemini&#45;3&#46;8&#45;flash · &#91;two&#93;&#40;command&#58;x&#41; · 1&#44;234 tokens · 2&#46;3 s · 1 earlier attempt failed',
		);
	});

	it('tells no time below nothing where the clock was set back during the answer', () => {
		const on = { key: 'k' as KeyId, model };
		const attempts = [attempt('one', 'answered')];
		const done = { type: 'done', attempt: 1, finishReason: 'STOP', on, attempts } as const;
		assert.match(
			footer(done, -3_600_000, words, () => 'gone'),
			/ · one · 0 s$/,
		);
	});

	it('is about what all sends have cost, too, and numbers as the language writes them', () => {
		const on = { key: 'k' as KeyId, model };
		const attempts = [attempt('one', 'idle', { cost: 112_500 }), attempt('two', 'answered', { cost: 7_500 })];
		const vietnamese = createWords(translate, { language: 'vi', zone: 'UTC' }, () => noon);
		const line = footer(
			{ type: 'done', attempt: 2, finishReason: 'STOP', on, attempts },
			2_345,
			vietnamese,
			() => 'gone',
		);
		assert.match(line, / two · About 0&#44;12 US&#36; · 2&#44;3 s · 1 earlier attempt failed$/);
	});
});

describe('the status', () => {
	const keys = [
		keyView('work', standings.usable),
		keyView('[home](command:x)', standings.minute),
		keyView('old', standings.leaked),
	];
	const snapshot = snapshotOf(keys, {
		waiting: 1,
		supplies: [
			{ model, usable: 1, total: 3, states: {}, back: noon + 42_000, isOverloaded: false },
			{ model: 'lite', usable: 3, total: 3, states: {}, isOverloaded: false },
		],
	});

	it('tells a person each key, and until when it rests; no name becomes a link', () => {
		const text = statusMarkdown(snapshot, words, noon);
		assert.match(text, /^1 of 3 keys can answer with gemini/);
		assert.match(text, /\*\*work\*\* · usable/);
		assert.match(text, /home&#93;&#40;command&#58;x&#41;\*\* · resting until 12&#58;01/);
		assert.match(text, /\*\*old\*\* · needs attention&#58; reported as leaked/);
		assert.match(statusMarkdown(snapshotOf([]), words, noon), /There is no Gemini API key yet/);
		const many = Array.from({ length: 60 }, (_, n) => keyView(`k${n}`, standings.usable));
		assert.match(statusMarkdown(snapshotOf(many), words, noon), /\n10 more$/);
	});

	it('says why Keypool has paused, and for which key', () => {
		const paused = { reason: 'suspended', by: 'old', since: noon } as const;
		const text = statusMarkdown({ ...snapshot, paused }, words, noon);
		assert.match(text, /^Keypool has paused to protect your keys&#46; old&#58; Google has suspended the project/);
	});

	it('names times as they are read, however long ago the pool has changed', () => {
		const night = snapshotOf([keyView('work', standings.day)]);
		assert.match(statusMarkdown(night, words, noon), /08&#58;00 tomorrow here/);
		assert.match(statusMarkdown(night, words, standings.day.until - 60_000), /Pacific&#44; 08&#58;00 here/);
	});

	it('calls no key usable that a demand for paid keys bars, and one key is one', () => {
		const free = keyView('home', standings.usable);
		const barred = statusMarkdown(snapshotOf([free], { paidOnly: true, usable: 0, total: 0 }), words, noon);
		assert.match(barred, /^No key can answer with gemini[^]*Only keys of paid projects are used here/);
		assert.match(barred, /\*\*home\*\* · paid keys only$/);
		assert.match(statusMarkdown(snapshotOf([free]), words, noon), /^1 of 1 key can answer with gemini/);
		assert.match(
			statusMarkdown(snapshotOf([keyView('off', standings.disabled)]), words, noon),
			/^No key can answer with gemini/,
		);
	});

	it('tells a program counts, states and times, and no name of a key', () => {
		const status = poolStatus(snapshot);
		assert.deepEqual(status, {
			model,
			usableKeys: 1,
			enabledKeys: 3,
			states: { usable: 1, coolingDown: 1, quarantined: 1 },
			firstKeyBackAt: '2026-11-24T12:00:42.000Z',
			isOnlyPaid: false,
			requestsWaiting: 1,
			otherModels: [{ model: 'lite', usableKeys: 3 }],
		});
		assert.equal(poolStatus(snapshot, false).areKeysLocked, true);
		assert.equal(poolStatus(snapshot, true, true).isTeamGateway, true);
		assert.deepEqual(poolStatus(snapshotOf(keys, { paidOnly: true })).states, {
			barred: 1,
			coolingDown: 1,
			quarantined: 1,
		});
		const text = JSON.stringify(
			poolStatus({ ...snapshot, paused: { reason: 'leaked', by: 'old', since: noon, serviceMessage: 'said' } }),
		);
		assert.match(text, /"paused":"leaked"/);
		for (const name of ['work', 'home', 'old', 'AQ.A', 'said']) assert.ok(!text.includes(name), name);
	});
});
