import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Pool, strategyNames } from '../../../src/pool/pool';
import { runBatch } from '../../../src/editor/batch/runBatch';
import { chance } from '../../support/pool/chance';
import { lossy, mutants } from '../../support/pool/mutants';
import type { Asking, Fault, Scenario } from '../../support/pool/scenario';
import { replayed, seed } from '../../support/seed';
import { wholeAnswer, World, type Build, type Sent } from '../../support/pool/world';
import { InMemoryStore, type StoreData } from '../../support/pool/inMemoryStore';

const numRuns = process.env['KEYPOOL_FULL'] === '1' ? 1000 : 40;

const asking: fc.Arbitrary<Asking> = fc
	.record({
		atMs: fc.integer({ min: 0, max: 90_000 }),
		priority: fc.constantFrom('chat', 'batch'),
		recovery: fc.constantFrom('retract', 'continue', 'fail'),
		bytes: fc.integer({ min: 4, max: 4000 }),
		images: fc.constantFrom(0, 0, 0, 258, 1290),
		byAlias: fc.boolean(),
		maxWaitMs: fc.constantFrom(0, 10_000, 120_000, 900_000),
		cancelAfterMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined, freq: 4 }),
		lagMs: fc.constantFrom(0, 0, 0, 1500, 70_000),
		fallback: fc.boolean(),
	} as const)
	.map(({ cancelAfterMs, ...rest }) => ({ ...rest, ...(cancelAfterMs === undefined ? {} : { cancelAfterMs }) }));

const limit = (max: number): fc.Arbitrary<number | undefined> =>
	fc.option(fc.integer({ min: 1, max }), { nil: undefined, freq: 2 });

const quota = fc.record({ rpm: limit(4), tpm: limit(2000), rpd: limit(12) }).map(({ rpm, tpm, rpd }) => ({
	...(rpm === undefined ? {} : { rpm }),
	...(tpm === undefined ? {} : { tpm }),
	...(rpd === undefined ? {} : { rpd }),
}));

/** Most people set none. */
const own = fc.option(quota, { nil: {}, freq: 1 });

const fault: fc.Arbitrary<Fault> = fc.constantFrom(
	'none',
	'none',
	'none',
	'none',
	'network',
	'unsent',
	'cut',
	'breaks',
	'hangs',
	'overloaded',
	'internal',
);

const move = fc.record({
	atMs: fc.integer({ min: 0, max: 120_000 }),
	jumpMs: fc.option(fc.integer({ min: -3_600_000, max: 3_600_000 }), { nil: undefined, freq: 1 }),
});

const scenarios: fc.Arbitrary<Scenario> = fc.record({
	strategy: fc.constantFrom(...strategyNames),
	seed: fc.nat(),
	keys: fc.array(
		fc.record({
			project: fc.nat({ max: 2 }),
			paid: fc.boolean(),
			fate: fc.constantFrom('good', 'good', 'good', 'dead', 'late', 'refused'),
		} as const),
		{ minLength: 1, maxLength: 5 },
	),
	quotas: fc.tuple(quota, quota, quota),
	own: fc.tuple(own, own, own),
	faults: fc.array(fault, { minLength: 1, maxLength: 8 }),
	latencyMs: fc.constantFrom(0, 200, 4000),
	requests: fc.array(asking, { minLength: 1, maxLength: 14 }),
	moves: fc
		.array(move, { maxLength: 2 })
		.map((moves) => moves.map(({ atMs, jumpMs }) => ({ atMs, ...(jumpMs === undefined ? {} : { jumpMs }) }))),
});

type Property = (world: World) => void | Promise<void>;
const sound: Build = (parts) => new Pool(parts);

/** Plays each scenario once for all properties that only look. */
type Play = (scenario: Scenario) => Promise<World>;

async function holds(property: Property, play: Play, of = scenarios): Promise<void> {
	await fc.assert(inWorlds(property, play, of), { ...replayed, numRuns });
}

async function isBrokenBy(build: Build, property: Property): Promise<void> {
	const { failed } = await fc.check(inWorlds(property, playing(build)), { seed: 1, numRuns: 1000, endOnFailure: true });
	assert.ok(failed, 'the mutant was not noticed');
}

function playing(build: Build): Play {
	return async (scenario) => (await new World(scenario, build).play()).end();
}

function playingOnce(build: Build): Play {
	const played = new Map<string, Promise<World>>();
	return (scenario) => {
		const name = JSON.stringify(scenario);
		const world = played.get(name) ?? playing(build)(scenario);
		played.set(name, world);
		return world;
	};
}

function inWorlds(property: Property, play: Play, of = scenarios): fc.IAsyncProperty<[Scenario]> {
	return fc.asyncProperty(of, async (scenario) => property(await play(scenario)));
}

const intoNoCooldown: Property = ({ sends }) => {
	for (const { cooldownUntil: restsUntil, monotonic, wall, bucket } of sends) {
		const cooling = restsUntil !== undefined && monotonic < restsUntil.monotonic && wall < restsUntil.wall;
		assert.ok(!cooling, `${bucket} was known to cool down`);
	}
};

const toNoQuarantined: Property = ({ sends }) => {
	for (const { isQuarantined, key } of sends) assert.ok(!isQuarantined, `${key} was quarantined`);
};

const withinLimits: Property = ({ sends }) => {
	sends.forEach((sent, at) => {
		const { limits, bucket, isTest, isEarly } = sent;
		if (isTest || isEarly) return;
		// What went out by another name counts once the pool has been told what the name stands for.
		const isKnown = (one: Sent): boolean => !one.byAlias || sent.aliasIsKnown;
		const sameDay = sends.slice(0, at).filter((one) => one.bucket === bucket && one.counts && isKnown(one));
		const before = sameDay.filter((one) => isInMinute(one, sent));
		const { rpm = Infinity, tpm = Infinity, rpd = Infinity } = limits;
		assert.ok(before.length < rpm, `${before.length + 1} sends a minute into ${bucket}, whose limit is ${rpm}`);
		assert.ok(sameDay.length < rpd, `${sameDay.length + 1} sends a day into ${bucket}, whose limit is ${rpd}`);
		const tokens = before.reduce((sum, one) => sum + one.tokens, sent.tokens);
		assert.ok(tokens <= tpm, `${tokens} tokens a minute into ${bucket}, whose limit is ${tpm}`);
	});
};

/** By both clocks: one of them may have been set. */
function isInMinute(one: Sent, of: Sent): boolean {
	return of.monotonic - one.monotonic < 60_000 && of.wall - one.wall < 60_000 && of.wall >= one.wall;
}

const everyoneEnds: Property = ({ answered, scenario, hung }) => {
	assert.equal(answered.length, scenario.requests.length);
	assert.deepEqual(hung, []);
	for (const { id, strange, reason, parts } of answered) {
		assert.equal(strange, undefined);
		assert.notEqual(reason === undefined, parts.at(-1)?.type !== 'done', `${id}: an answer or a reason, never both`);
		assert.notEqual(reason, 'unexpected');
	}
};

const sendsAreBounded: Property = ({ answered, sends, most }) => {
	for (const { id, parts, asking } of answered) {
		const own = sends.filter(({ request }) => request === id);
		// No wait, no second round: whoever waits is told so, and no wait is shorter than a second.
		const waits = parts.filter(({ type }) => type === 'waiting').length;
		const rounds = 1 + Math.min(waits, asking.maxWaitMs / 1000);
		assert.ok(own.length <= most * rounds, `${own.length} sends of ${id}`);
		for (const { monotonic } of own) {
			assert.ok(own.filter((one) => one.monotonic === monotonic).length <= most, `too many sends of ${id} at once`);
		}
	}
};

const piecesOf = (parts: World['answered'][number]['parts']): readonly number[] => {
	let pieces: number[] = [];
	for (const part of parts) {
		if (part.type === 'retract') pieces = [];
		if (part.type === 'output') pieces.push(part.value);
	}
	return pieces;
};

const inOrder: Property = async ({ answered }) => {
	for (const { parts } of answered) {
		for (const [at, part] of parts.entries()) {
			const next = parts[at + 1];
			if (part.type !== 'output' || next?.type !== 'output' || part.attempt !== next.attempt) continue;
			assert.ok(part.value < next.value, 'a piece overtook another');
		}
	}
	const indices: number[] = [];
	const signal = new AbortController().signal;
	// The later ones of a few are ready first.
	const answer = async (item: World['answered'][number]): Promise<string> => {
		for (let turns = 8 * (3 - (answered.indexOf(item) % 3)); turns > 0; turns--) await Promise.resolve();
		return item.id;
	};
	for await (const { index } of runBatch(answered, answer, { concurrency: () => 3, signal })) indices.push(index);
	assert.deepEqual(indices, [...answered.keys()]);
};

const neverDoubled: Property = ({ answered }) => {
	for (const { parts } of answered) {
		const pieces = piecesOf(parts);
		assert.equal(new Set(pieces).size, pieces.length, `pieces ${pieces.join(' ')}`);
		if (parts.at(-1)?.type === 'done') assert.equal(pieces.length, wholeAnswer);
	}
};

const outcomesSumToSends: Property = ({ answered, sends, counted }) => {
	for (const { id, attempts } of answered) {
		const own = sends.filter(({ request }) => request === id);
		assert.deepEqual(
			attempts.map(({ unsent = false }) => unsent),
			own.map(({ unsent }) => unsent),
		);
	}
	assert.equal(
		counted,
		sends.filter(({ unsent }) => !unsent).length,
		'what left the machine is counted, and nothing else',
	);
};

/** What a pool that starts from `data` shows and does next. */
function restoredDecisions(world: World, data: StoreData): Promise<unknown> {
	world.store = new InMemoryStore(world.clock, data);
	world.pool = world.start(world.store, chance(7));
	return nextDecisions(world);
}

async function nextDecisions(world: World): Promise<unknown> {
	const { keys, usable, paused } = world.pool.snapshot();
	const from = world.sends.length;
	const ends: unknown[] = [];
	for (let n = 0; n < 4; n++) {
		const stop = { atMs: 0, priority: 'chat', recovery: 'retract', bytes: 400, images: 0, lagMs: 0 } as const;
		const asked = world.ask({ ...stop, byAlias: false, fallback: true, maxWaitMs: 0, cancelAfterMs: 0 });
		await world.clock.settle();
		await world.clock.advance(0);
		ends.push((await asked).reason);
	}
	world.pool.dispose();
	return { keys, usable, paused, ends, sends: world.sends.slice(from).map(({ key, bucket }) => `${key} ${bucket}`) };
}

const restoredAlike =
	(restore: (data: StoreData) => StoreData): Property =>
	async (world) => {
		const data = world.store.export();
		const original = await restoredDecisions(world, data);
		assert.deepEqual(await restoredDecisions(world, restore(data)), original);
	};

/** A window that goes on, and one that was opened on what it left. */
const likeTheLiveOne: Property = async (world) => {
	const data = throughJson(world.store.export());
	const live = await nextDecisions(world);
	assert.deepEqual(await restoredDecisions(world, data), live);
};

/** These go by the store alone. Whose turn it is, and what chance has dealt, is each window's own. */
const byTheStore = scenarios.map((scenario): Scenario => ({
	...scenario,
	strategy: scenario.seed % 2 === 0 ? 'headroom' : 'leastRecentlyUsed',
}));

const throughJson = (data: StoreData): StoreData => JSON.parse(JSON.stringify(data)) as StoreData;

describe(`properties of the pool (KEYPOOL_SEED=${seed})`, function () {
	this.timeout(numRuns * 3_000);
	const play = playingOnce(sound);

	const all: readonly [name: string, property: Property, mutant: Build][] = [
		['no call goes into a bucket known to be exhausted', intoNoCooldown, mutants.dropsCooldowns],
		['no call goes to a quarantined key', toNoQuarantined, mutants.dropsQuarantines],
		['never more is admitted than a learned limit allows', withinLimits, mutants.countsNoSends],
		['every request ends, with an answer or a reason', everyoneEnds, mutants.neverWakes],
		['the sends of a request are bounded', sendsAreBounded, mutants.neverGivesUp],
		['order is kept', inOrder, mutants.shuffles],
		['no output is doubled, and a whole answer is whole', neverDoubled, mutants.retractsNothing],
		['outcomes sum to sends', outcomesSumToSends, mutants.hedges],
	];
	for (const [name, property, mutant] of all) {
		it(name, () => holds(property, play));
		it(`… and a pool that breaks it is noticed: ${name}`, () => isBrokenBy(mutant, property));
	}

	it('… and so is one that counts no tokens', () => isBrokenBy(mutants.countsNoTokens, withinLimits));

	it('restored state decides the same', () => holds(restoredAlike(throughJson), playing(sound)));
	it('restored state decides as the pool would have that goes on', () =>
		holds(likeTheLiveOne, (scenario) => new World(scenario, sound).play(), byTheStore));
	it('… and a restore that loses limits, counts and cooldowns is noticed', () =>
		isBrokenBy(
			sound,
			restoredAlike((data) => ({ ...data, bucket: data.bucket.map(([id, bucket]) => [id, lossy(bucket)] as const) })),
		));
});
