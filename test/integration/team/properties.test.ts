import assert from 'node:assert/strict';
import fc from 'fast-check';
import { counted, holdCost, limit, minuteMs, owed, type News, type Sent } from '../../support/pool/calls';
import { replayed, seed } from '../../support/seed';
import { TeamServer } from '../../support/team/teamServer';
import { playTwoMachines, type Played, type Step } from '../../support/team/twoMachines';

const numRuns = process.env['KEYPOOL_FULL'] === '1' ? 300 : 20;
const part = limit / 2;

const on = fc.constantFrom(0 as const, 1 as const);
const send = fc.record({ type: fc.constant('send' as const), on });
const what = fc.constantFrom<News[]>('answered', 'refused', 'goesOn');
const tell = fc.record({ type: fc.constant('tell' as const), on, what });
const deliver = fc.record({ type: fc.constant('deliver' as const), on });
const lose = fc.record({ type: fc.constant('lose' as const), on, what: fc.constantFrom('commit', 'reply') });
const pass = fc.record({ type: fc.constant('pass' as const), ms: fc.constantFrom(10, 400, 7_000, 25_000) });
const always = [
	{ weight: 5, arbitrary: send },
	{ weight: 4, arbitrary: deliver },
	{ weight: 2, arbitrary: tell },
] as const;
const reached = fc.array(fc.oneof(...always, pass), { minLength: 10, maxLength: 60 });
const withLosses = fc.array(fc.oneof(...always, lose, { weight: 2, arbitrary: pass }), {
	minLength: 10,
	maxLength: 60,
});
/** The server is out of reach of both at first. */
const bothAlone = withLosses.map((steps): readonly Step[] => [
	...([0, 1] as const).flatMap((one): readonly Step[] => [
		{ type: 'send', on: one },
		{ type: 'lose', on: one, what: 'commit' },
	]),
	...steps,
]);

describe(`any order of the steps of two machines in a team (KEYPOOL_SEED=${seed})`, function () {
	this.timeout(numRuns * 2_000);
	let server: TeamServer;
	before(async () => {
		server = new TeamServer();
		await server.start();
	});
	after(() => server.end());

	it('admits no more than the limit allows while the server is reached', () =>
		holds(reached, ({ sends, held, spent }) => {
			assert.ok(sends.every(({ isAlone }) => !isAlone));
			assert.ok(most(sends) <= limit, `${most(sends)} in a minute, of ${limit}`);
			assert.deepEqual(held, [counted(sends), counted(sends)]);
			assert.deepEqual(spent, [owed(sends), owed(sends)]);
		}));

	it('keeps each machine to its part while it is not, and counts what was sent once, whatever gets lost', () =>
		holds(withLosses, (played) => {
			const { sends } = played;
			assert.ok(most(sends.filter(({ isAlone }) => !isAlone)) <= limit);
			for (const machine of [0, 1]) {
				const alone = most(sends.filter((one) => one.on === machine && one.isAlone));
				assert.ok(alone <= part, `${alone} in a minute by one machine alone, whose part is ${part}`);
			}
			countsEachOnce(played);
		}));

	it('counts what two windows of one machine have sent once, whatever gets lost', () =>
		holds(bothAlone, countsEachOnce, true));

	it('takes back nothing that others spent while a commit was under way whose reply was lost', async () => {
		const [sendOn, deliver] = [
			(on: 0 | 1): Step => ({ type: 'send', on }),
			(on: 0 | 1): Step => ({ type: 'deliver', on }),
		];
		const steps: readonly Step[] = [
			...[sendOn(0), sendOn(1), deliver(0), deliver(1)],
			{ type: 'tell', on: 0, what: 'answered' },
			{ type: 'pass', ms: 25_000 },
			deliver(0),
			{ type: 'pass', ms: 25_000 },
			{ type: 'lose', on: 1, what: 'reply' },
		];
		const played = await playTwoMachines(server, steps, false);
		assert.deepEqual(played.spent, [owed(played.sends), owed(played.sends)]);
	});

	async function holds(
		steps: fc.Arbitrary<readonly Step[]>,
		check: (played: Played) => void,
		areOne = false,
	): Promise<void> {
		const property = fc.asyncProperty(steps, async (all) => check(await playTwoMachines(server, all, areOne)));
		await fc.assert(property, { ...replayed, numRuns });
	}
});

/** The most within any minute. */
function most(sends: readonly Sent[]): number {
	const counts = sends.map(({ at }) => counted(sends.filter((other) => other.at > at - minuteMs && other.at <= at)));
	return Math.max(0, ...counts);
}

/** Of each request both know once. */
function countsEachOnce({ sends, held, spent, lost }: Played): void {
	for (const count of held) {
		assert.ok(count >= counted(sends), `${counted(sends)} were sent, ${count} are known`);
		// A commit whose reply was lost is held against the limit, although its request may not have gone out.
		assert.ok(count <= counted(sends) + lost, `${counted(sends)} were sent, ${lost} replies lost, ${count} are known`);
	}
	assert.equal(held[0], held[1]);
	for (const sum of spent) {
		assert.ok(sum >= owed(sends), `${owed(sends)} are owed, ${sum} are known`);
		assert.ok(sum <= owed(sends) + lost * holdCost, `${owed(sends)} are owed, ${lost} replies lost, ${sum} are known`);
	}
	assert.equal(spent[0], spent[1]);
}
