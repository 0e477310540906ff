import assert from 'node:assert/strict';
import { findScenario, idOf, readScenarios, type Scenario } from '../scenario';
import { Upstream } from '../upstream';
import type { End } from './contract';
import { judge, type Verdict } from './verdict';

/** Two keys, the first of which a quota refuses for 31 s. */
const scenario: Scenario = {
	name: 'one of two',
	fact: '4: PerMinute',
	keys: { A: {}, B: {}, C: {} },
	asks: [{}, { at: 5 }],
	upstream: {
		A: [{ status: 429, recorded: '429_rpm_free' }],
		B: [{ answer: 'Hello there' }],
		C: [{ answer: 'Hello there' }],
	},
	expect: {
		calls: ['A m @0', 'B m @0', 'C m @5'],
		outcomes: ['rpm', 'answered', 'answered'],
		ends: ['answered', 'answered'],
		texts: ['Hello there', 'Hello there'],
	},
};

/** The verdict on calls that are written as in a scenario. */
function verdictOn(calls: readonly string[], ended: readonly End[] = [], on: Scenario = scenario, scale = 20): Verdict {
	let now = 0;
	const upstream = new Upstream(on, () => now);
	for (const call of calls) {
		const [key = '', what = '', at = '0'] = call.split(/ @?/);
		now = Number(at);
		const path = what === 'list' ? 'models' : `models/${what}:generateContent`;
		upstream.take(`http://localhost/v1beta/${path}`, { 'x-goog-api-key': `sim-key-${key}` }, '');
	}
	return judge(on, upstream.calls, ended, { scale });
}

function kinds({ differences }: Verdict): readonly string[] {
	return differences.map(({ kind }) => kind);
}

describe('conformance, the verdict on a stranger', () => {
	it('passes what a scenario expects, of every scenario', () => {
		for (const { scenarios } of readScenarios()) {
			for (const one of scenarios) {
				const { passed, differences } = verdictOn(one.expect.calls, [], one);
				assert.ok(passed, `${one.name}: ${JSON.stringify(differences)}`);
			}
		}
	});

	it('leaves to the client which of the healthy keys answers, and whether it asks for models', () => {
		assert.deepEqual(kinds(verdictOn(['A m @0', 'A list @0', 'C m @0.1', 'B m @5'])), []);
	});

	it('names the first call that was made in vain, came otherwise or did not come', () => {
		assert.deepEqual(kinds(verdictOn(['A m @0', 'B m @0', 'A m @2', 'C m @5', 'C m @6'])), ['wasted call']);
		assert.deepEqual(kinds(verdictOn(['A m @0', 'B m @0', 'C m @5', 'B m @6'])), ['wasted call']);
		assert.deepEqual(kinds(verdictOn(['A m @0', 'B m @0'])), ['missing call']);
		assert.deepEqual(kinds(verdictOn([])), ['no call']);
		assert.deepEqual(kinds(verdictOn(['B m @0', 'A m @0', 'C m @5'])), ['other call']);
		assert.deepEqual(kinds(verdictOn(['A m @0', 'B other @0', 'C m @5'])), ['wasted call']);
	});

	it('forgives a second and some ms of the machine, no more', () => {
		const waits: Scenario = {
			...scenario,
			asks: [{}],
			keys: { A: {} },
			upstream: { A: [{ status: 429, recorded: '429_rpm_free' }, { answer: 'Hello there' }] },
			expect: { calls: ['A m @0', 'A m @31.5'], outcomes: [], ends: ['answered'] },
		};
		assert.deepEqual(kinds(verdictOn(['A m @0', 'A m @30.2'], [], waits)), []);
		assert.deepEqual(kinds(verdictOn(['A m @0', 'A m @30'], [], waits)), ['too early']);
		assert.deepEqual(
			kinds(verdictOn(['A m @0', 'A m @500'], [], waits)),
			[],
			'who waits longer than he must is only slow',
		);
		assert.deepEqual(kinds(verdictOn(['A m @0', 'B m @10', 'C m @15'])), []);
		assert.deepEqual(kinds(verdictOn(['A m @0', 'B m @60', 'C m @65'])), ['too late'], 'the next key is tried at once');
	});

	it('compares how asks ended and what stands on the screen, where the client tells it', () => {
		const calls = scenario.expect.calls;
		const whole = (ask: number): End => ({ ask, end: 'answered', text: 'Hello there' });
		assert.deepEqual(kinds(verdictOn(calls, [whole(0), whole(1)])), []);
		assert.deepEqual(kinds(verdictOn(calls, [whole(0), { ask: 1, end: 'failed' }])), ['end']);
		assert.deepEqual(kinds(verdictOn(calls, [{ ...whole(0), text: 'HelHello there' }])), ['text']);
		const fails: Scenario = { ...scenario, expect: { calls, outcomes: [], ends: ['badRequest', 'answered'] } };
		assert.deepEqual(kinds(verdictOn(calls, [{ ask: 0, end: 'failed' }], fails)), [], 'a reason need not be told');
		assert.deepEqual(kinds(verdictOn(calls, [{ ask: 0, end: 'badRequest' }], fails)), []);
		for (const end of ['answered', 'badKey', 'late']) {
			assert.deepEqual(kinds(verdictOn(calls, [{ ask: 0, end }], fails)), ['end'], end);
		}
	});

	it('wants the key of the project where a request names one, and the key in its header where that is the matter', () => {
		const bound: Scenario = { ...scenario, asks: [{ project: 'p' }, { at: 5 }] };
		assert.deepEqual(kinds(verdictOn(['A m @0', 'C m @0', 'B m @5'], [], bound)), ['wasted call']);
		const sent = findScenario('the-key-goes-in-its-header-alone-the-version-is-v1beta-and-thinking-is-left-unset');
		assert.ok(sent);
		const upstream = new Upstream(sent, () => 0);
		upstream.take('http://localhost/v1beta/models/gemini-3.8-flash:generateContent?key=sim-key-A', {}, '');
		assert.deepEqual(kinds(judge(sent, upstream.calls, [], { scale: 1 })), ['credentials']);
	});

	it('knows every scenario by an id of its own', () => {
		const ids = readScenarios().flatMap(({ scenarios }) => scenarios.map(idOf));
		assert.equal(new Set(ids).size, ids.length);
		for (const id of ids) assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
	});
});
