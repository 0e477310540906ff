import * as v from 'valibot';
import type { DocTypes } from '../pool/pool';

/** A time that `Date` can show, with room to add to it. */
const wall = v.pipe(v.number(), v.minValue(0), v.maxValue(Date.UTC(9999, 0)));
const reason = v.string();
const kindOf = <const K extends string>(state: K) => v.looseObject({ state: v.literal(state) });
const serviceMessage = v.optional(v.string());
const cooldown = { reason, until: wall, serviceMessage };

const bucketState = v.variant('state', [
	kindOf('available'),
	v.looseObject({ state: v.literal('unsupported'), ...cooldown }),
	v.looseObject({
		state: v.literal('coolingDown'),
		...cooldown,
		since: wall,
		backoffLevel: v.number(),
		wholeAt: v.optional(wall),
	}),
	v.looseObject({
		state: v.literal('halfOpen'),
		reason,
		lease: v.string(),
		backoffLevel: v.number(),
		wholeAt: v.optional(wall),
	}),
]);

const keyState = v.variant('state', [
	kindOf('unverified'),
	v.looseObject({ state: v.literal('verified'), since: wall }),
	v.looseObject({
		state: v.literal('quarantined'),
		reason,
		since: wall,
		recheckAt: v.optional(wall),
		rechecksLeft: v.array(v.number()),
		hadWorked: v.boolean(),
		ofProject: v.optional(v.literal(true)),
		serviceMessage,
	}),
]);

const limit = v.looseObject({
	value: v.number(),
	at: wall,
	retestAt: wall,
	retestMs: v.number(),
	stated: v.optional(v.number()),
	despite: v.optional(v.number()),
	fell: v.optional(v.looseObject({ from: v.number(), at: wall })),
});
const four = <S extends v.GenericSchema>(of: S) => v.pipe(v.array(of), v.minLength(4), v.maxLength(4));
/** Two times and two counts, none of which is below nothing. */
const minuteCounter = four(wall);
const lease = v.looseObject({ id: v.string(), input: v.number(), sentAt: wall, expiresAt: wall });
const size = v.looseObject({ bytes: v.number(), tokens: v.number() });
const queueRecord = v.looseObject({
	id: v.string(),
	priority: v.picklist(['chat', 'batch']),
	since: wall,
	reason,
	models: v.array(v.string()),
	size,
	paid: v.boolean(),
	free: v.optional(v.boolean()),
	project: v.optional(v.string()),
	holds: v.optional(v.string()),
});
const probe = v.optional(v.looseObject({ lease: v.string(), expiresAt: wall }));
const v2 = { v: v.literal(2) };
/** Money and counts: what is below nothing, or no number, would let anything be spent. */
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const spent = { endsAt: wall, cost: amount, raised: amount };
const reservation = v.looseObject({
	lease: v.string(),
	requests: v.optional(amount),
	...{ cost: amount, tokens: amount, expiresAt: wall, dayEndsAt: wall, monthEndsAt: wall },
});
const activity = v.looseObject({
	hour: v.looseObject({ startsAt: wall, cost: amount }),
	usual: v.looseObject({ cost: amount, hours: amount }),
	calls: v.array(v.looseObject({ call: v.string(), at: v.array(wall) })),
	held: v.optional(v.looseObject({ since: wall, cause: v.string() })),
	allowedUntil: v.optional(wall),
});

const rows = v.array(v.looseObject({ kind: v.string(), id: v.string() }));

/** What each kind of document must have, so that no step fails on it. */
const shapes: Readonly<Record<keyof DocTypes, v.GenericSchema>> = {
	bucket: v.looseObject({
		...v2,
		status: bucketState,
		limits: v.record(v.string(), limit),
		minute: v.array(minuteCounter),
		sustainedRpm: v.optional(v.number()),
		externalUsage: v.optional(v.looseObject({ requests: v.number(), until: wall })),
		day: v.looseObject({ endsAt: wall, requests: v.number(), input: v.number(), sent: v.optional(v.number()) }),
		leases: v.array(lease),
	}),
	key: v.looseObject({
		...v2,
		status: keyState,
		score: v.number(),
		lastUsed: wall,
		probe: v.optional(v.looseObject({ at: wall, waitMs: v.number() })),
		success: v.number(),
		fail: v.number(),
		tokens: v.looseObject({ input: v.number(), output: v.number() }),
		deniedModels: v.optional(v.array(v.looseObject({ model: v.string(), until: wall }))),
	}),
	model: v.looseObject({
		...v2,
		overloadedUntil: wall,
		backoffLevel: v.number(),
		probe,
		missingUntil: v.optional(wall),
		resolvesTo: v.optional(v.looseObject({ model: v.string(), from: v.string() })),
		askedAt: v.optional(wall),
		tokensPerByte: v.number(),
		samples: v.number(),
	}),
	pool: v.looseObject({
		...v2,
		paused: v.optional(v.looseObject({ reason, by: v.string(), since: wall, serviceMessage })),
		bare: v.optional(v.array(v.looseObject({ project: v.string(), at: wall }))),
		throttled: v.optional(
			v.looseObject({
				since: wall,
				nextProbeAt: wall,
				projects: v.array(v.string()),
				probe,
			}),
		),
		forgottenAt: v.optional(wall),
		revoked: v.optional(v.record(v.string(), v.looseObject({ since: wall, by: v.string(), serviceMessage }))),
	}),
	usage: v.looseObject({
		...v2,
		hour: v.number(),
		key: v.string(),
		kinds: v.array(four(v.string())),
		rows: v.string(),
	}),
	requestRecord: v.looseObject({
		request: v.string(),
		origin: v.string(),
		endedAt: wall,
		outcome: v.string(),
		attempts: v.array(
			v.looseObject({
				key: v.string(),
				label: v.string(),
				model: v.string(),
				sentAt: wall,
				ms: v.number(),
				outcome: v.string(),
				serviceMessage,
				servedModel: v.optional(v.string()),
				cost: v.optional(v.number()),
			}),
		),
	}),
	windowQueue: v.looseObject({
		...v2,
		heartbeatAt: wall,
		requests: v.array(queueRecord),
		waiting: v.optional(amount),
		chatStreak: v.number(),
	}),
	leader: v.looseObject({ ...v2, holder: v.string(), expiresAt: wall }),
	spending: v.looseObject({
		...v2,
		day: v.looseObject({ ...spent, requests: amount, tokens: amount }),
		month: v.looseObject(spent),
		reservations: v.array(reservation),
		activity: v.optional(activity),
	}),
	dailyCost: v.looseObject({
		...v2,
		...{
			dayEndsAt: wall,
			monthEndsAt: wall,
			key: v.string(),
			project: v.string(),
			client: v.string(),
			model: v.string(),
		},
		tier: v.picklist(['free', 'paid']),
		...{ sends: amount, input: amount, cached: amount, output: amount, thoughts: amount },
		...{ cost: amount, listCost: amount },
	}),
	outbox: v.looseObject({
		...v2,
		...{
			at: wall,
			changedAt: v.optional(wall),
			sentAt: v.optional(wall),
			owner: v.string(),
			team: v.string(),
			store: v.optional(v.string()),
			base: rows,
			ours: rows,
		},
		commits: v.array(v.looseObject({ id: v.string(), base: v.optional(rows), ours: rows })),
	}),
	cooldown: v.looseObject({ ...v2, spans: v.array(v.looseObject({ reason, from: wall, until: wall })) }),
	client: v.looseObject({
		...v2,
		lastUsedAt: wall,
		day: v.looseObject({ endsAt: wall, requests: v.number(), input: v.number(), output: v.number() }),
	}),
};

/** Whether a value from a file is a document of this kind. */
export function isDocument<K extends keyof DocTypes>(kind: K, value: unknown): value is DocTypes[K] {
	return v.is(shapes[kind], value);
}
