import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

/** README.md beside this file tells in words what each field means; these schemas refuse a field that it does not know. */
const count = v.pipe(v.number(), v.minValue(0));
const json = v.record(v.string(), v.unknown());

const event = v.union([
	v.strictObject({ text: v.string() }),
	v.strictObject({ json }),
	v.strictObject({ raw: v.string() }),
	v.strictObject({ recorded: v.string() }),
]);

const step = v.union([
	v.strictObject({
		answer: v.string(),
		input: v.optional(count),
		servedModel: v.optional(v.string()),
	}),
	v.strictObject({ stream: v.array(event), then: v.picklist(['end', 'cut', 'silence']) }),
	v.strictObject({
		status: count,
		recorded: v.string(),
		as: v.optional(v.picklist(['array', 'doubleEncoded', 'prefixed'])),
	}),
	v.strictObject({ status: count, json }),
	v.strictObject({ status: count, text: v.string() }),
	v.strictObject({
		connection: v.picklist(['ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_SOCKET']),
	}),
	v.strictObject({ connection: v.literal('silence') }),
	v.strictObject({ redirect: v.pipe(v.string(), v.url()) }),
]);

const key = v.strictObject({
	project: v.optional(v.string()),
	account: v.optional(v.string()),
	tier: v.optional(v.picklist(['free', 'paid'])),
});

const ask = v.strictObject({
	at: v.optional(count),
	models: v.optional(v.tupleWithRest([v.string()], v.string())),
	words: v.optional(count),
	options: v.optional(json),
	project: v.optional(v.string()),
	whenBroken: v.optional(v.picklist(['retract', 'continue', 'fail'])),
	maxWait: v.optional(count),
	cancelAfter: v.optional(count),
});

const scenario = v.strictObject({
	name: v.string(),
	fact: v.string(),
	over: v.optional(v.picklist(['fetch', 'sockets'])),
	keys: v.record(v.string(), key),
	asks: v.optional(v.array(ask)),
	upstream: v.record(v.string(), v.array(step)),
	checks: v.optional(v.record(v.string(), v.array(step))),
	thenWait: v.optional(count),
	expect: v.strictObject({
		calls: v.array(v.string()),
		outcomes: v.array(v.string()),
		ends: v.array(v.string()),
		texts: v.optional(v.array(v.string())),
		keys: v.optional(v.record(v.string(), v.string())),
		pool: v.optional(v.string()),
		sent: v.optional(json),
	}),
});

export type Step = v.InferOutput<typeof step>;
export type Event = v.InferOutput<typeof event>;
export type Scenario = v.InferOutput<typeof scenario>;
export type Ask = v.InferOutput<typeof ask>;

/** All scenarios, file by file. Throws where one does not have the form. */
export function readScenarios(): readonly { readonly file: string; readonly scenarios: readonly Scenario[] }[] {
	const folder = path.join(__dirname, 'scenarios');
	return readdirSync(folder)
		.filter((name) => name.endsWith('.json'))
		.map((file) => ({
			file,
			scenarios: v.parse(v.array(scenario), JSON.parse(readFileSync(path.join(folder, file), 'utf8'))),
		}));
}

/** A scenario's name as a command line takes it: `the-next-key-is-tried-at-once`. */
export function idOf({ name }: Scenario): string {
	return name
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-|-$/g, '');
}

/** By its name or its id. */
export function findScenario(wanted: string): Scenario | undefined {
	return readScenarios()
		.flatMap(({ scenarios }) => scenarios)
		.find((one) => one.name === wanted || idOf(one) === wanted);
}

/** The text of a recorded body. */
export function recorded(name: string): string {
	return readFileSync(path.join(__dirname, '../fixtures/errors', `${name}.json`), 'utf8');
}
