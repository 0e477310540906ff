import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailureAction } from '../../../../src/pool/pool';
import { isBodyName } from '../../../../src/simulator/bodies/bodies';
import type { Fault } from '../../../../src/simulator/service';
import { createStand, flash } from '../../../support/simulator/stand';
import { failureIn, loadSdk, run, simulated } from '../../../support/gemini/room';

interface Entry {
	readonly file: string;
	readonly http_status: number;
	readonly scope: string;
	readonly verdict: string;
	readonly until: string;
}

interface Told {
	readonly message: string;
	readonly details?: readonly {
		readonly retryDelay?: string;
		readonly metadata?: { readonly consumer?: string };
		readonly violations?: readonly { readonly quotaValue?: string }[];
	}[];
}

const index = JSON.parse(readFileSync(join(__dirname, '../../../fixtures/errors/index.json'), 'utf8')) as {
	readonly entries: readonly Entry[];
};
const hour = 3_600_000;

/** What index.json leaves to the reader: the reason, in the pool's words. */
const reasons: Readonly<Record<string, FailureAction['reason']>> = {
	'429_rpd_free_flash_short_delay': 'rpd',
	'429_rpd_free_flash_long_delay': 'rpd',
	'429_rpm_free': 'rpm',
	'429_rpm_free_python_repr': 'rpm',
	'429_tpm_free': 'tpm',
	'429_paid_tpm': 'tpm',
	'429_limit0_pro_free': 'tierLacksModel',
	'429_no_details': 'capacity',
	'429_monthly_spend_cap': 'billing',
	'429_prepay_depleted': 'billing',
	'400_api_key_invalid_array': 'badKey',
	'400_api_key_invalid': 'badKey',
	'400_api_key_expired': 'badKey',
	'401_access_token_type_unsupported': 'badKey',
	'403_leaked_key': 'leaked',
	'403_api_key_service_blocked': 'blocked',
	'403_consumer_suspended': 'suspended',
	'403_service_disabled': 'serviceDisabled',
	'400_location_not_supported': 'region',
	'400_input_tokens_exceed_model': 'promptTooLong',
	'400_multiple_credentials_interactions': 'badRequest',
	'404_model_not_found': 'noSuchModel',
	'500_internal': 'internal',
	'503_overloaded': 'overloaded',
	'503_deadline_expired': 'deadline',
};

const scopes: Readonly<Record<string, string>> = {
	key: 'key',
	project: 'project',
	'billing account (all its projects)': 'account',
	'model (all keys)': 'model',
	service: 'request',
	'request/service': 'request',
};

/** What the recorder of the bodies calls each action. */
const actions: Readonly<Record<string, FailureAction['type']>> = {
	rest: 'coolDown',
	close: 'markUnsupported',
	bench: 'quarantine',
	backOff: 'retrySameKey',
	fail: 'fail',
	tryOneOther: 'retryOtherKeyOnce',
};

/** The action that the words of index.json ask for, given what this very body states. */
function expectedAction({ file, scope, verdict, until }: Entry, told: Told): unknown {
	const reason = reasons[file.replace('.json', '')];
	const inScope = { scope: scopes[scope] };
	const type = actions[verdict];
	switch (type) {
		case 'coolDown': {
			const limit = told.details?.flatMap(({ violations = [] }) => violations)[0]?.quotaValue;
			return { type, reason, ...(limit && { limit: Number(limit) }), ...delayOf(until, told) };
		}
		case 'markUnsupported':
			assert.match(until, /^24 h/);
			return { type, reason, forMs: 24 * hour };
		case 'quarantine': {
			const consumer = told.details?.find(({ metadata }) => metadata?.consumer)?.metadata?.consumer;
			return {
				type,
				reason,
				...inScope,
				abuse: reason === 'leaked' || reason === 'suspended',
				recheckMs: recheckOf(until),
				...(consumer && { consumer: consumer.replace('projects/', '') }),
			};
		}
		case 'retrySameKey':
			return { type, reason, ...inScope, ...triesOf(until) };
		case 'retryOtherKeyOnce':
			assert.match(until, /at most one paid key/);
			return { type, reason, paid: true };
		default:
			return { type, reason };
	}
}

/** What earns a probe: the stated delay, of a day's quota from 10 min up alone. */
function delayOf(until: string, { message, details = [] }: Told): { delayMs?: number } {
	if (until.startsWith('now + 60 s, doubling') || until.endsWith('a stated delay under 10 min is ignored')) {
		return {};
	}
	const whole = Number(/\d+/.exec(details.find(({ retryDelay }) => retryDelay)?.retryDelay ?? '')?.[0]) * 1000;
	const [, h = 0, m = 0, s = 0] = /retry in (?:(\d+)h)?(?:(\d+)m)?([\d.]+)s/.exec(message) ?? [];
	const exact = Math.ceil(Math.max(whole, (Number(h) * 3600 + Number(m) * 60 + Number(s)) * 1000));
	if (until.startsWith('until the oldest own send of the bucket is 60 s old; one probe earlier, at now + max(')) {
		return { delayMs: exact + 1000 };
	}
	assert.match(until, /^next midnight America\/Los_Angeles; one probe at now \+ 23977 s /);
	assert.equal(Math.floor(exact / 1000), 23_977);
	return { delayMs: exact };
}

/** FACTS 4: a key that worked is re-checked after 10 min; the engine asks about a new one sooner. */
function recheckOf(until: string): readonly number[] {
	if (until.includes('re-check after 5 min')) {
		return [300_000, 300_000, 600_000, 1_800_000, 3_600_000];
	}
	return until.includes("FACTS 4's re-check") ? [600_000] : [];
}

function triesOf(until: string): { readonly maxRetries: number; readonly afterRetries: string } {
	if (until.startsWith('1-2-4-8 s')) {
		return { maxRetries: 4, afterRetries: 'fallbackModel' };
	}
	if (until.startsWith('1 s, 2 s (max 2), then next key')) {
		return { maxRetries: 2, afterRetries: 'otherKey' };
	}
	assert.match(until, /^once, .*; then fail$/);
	return { maxRetries: 1, afterRetries: 'fail' };
}

function faulty(fault: Omit<Extract<Fault, { kind: 'error' }>, 'kind' | 'when'>): Parameters<typeof createStand>[0] {
	return { keys: [{ secret: 'sim-one', project: 'one', faults: [{ when: 'always', kind: 'error', ...fault }] }] };
}

const ways = [
	{ name: 'plain', fault: {} },
	{ name: 'array-wrapped', fault: { wrapping: 'array' } },
	{ name: 'double-encoded', fault: { wrapping: 'double' } },
	{ name: 'first event of a stream', fault: { afterPieces: 0 } },
	{ name: 'array-wrapped, first event', fault: { afterPieces: 0, wrapping: 'array' } },
	{ name: 'double-encoded, first event', fault: { afterPieces: 0, wrapping: 'double' } },
	{ name: 'bare in a stream', fault: { afterPieces: 0, bare: true } },
	{ name: 'in a stream after text', fault: { afterPieces: 2 } },
	{ name: 'bare in a stream after text', fault: { afterPieces: 2, bare: true } },
] as const;

describe('gemini: the real SDK against the simulator, by index.json', () => {
	before(loadSdk);

	for (const entry of index.entries) {
		const body = entry.file.replace('.json', '');
		for (const { name, fault } of ways) {
			it(`${body}, ${name}`, async () => {
				assert.ok(isBodyName(body));
				const { gemini, clock, service } = simulated(faulty({ body, ...fault }));
				const outcome = await clock.until(run(gemini));
				const failure = failureIn(outcome);
				assert.deepEqual(failure.action, expectedAction(entry, await bodyOf(body)));
				assert.equal(failure.sent, true);
				if (entry.file !== '400_multiple_credentials_interactions.json' || !('afterPieces' in fault)) {
					assert.equal(failure.status, entry.http_status);
				}
				assert.equal(outcome.text === '', !('afterPieces' in fault) || fault.afterPieces === 0);
				assert.ok(!failure.serviceMessage.includes('sim-one'), 'the key is in the text');
				assert.equal(service.counts.calls, 1, 'one call is one request');
			});
		}
	}

	it('names every body that the index knows', () => {
		assert.deepEqual(Object.keys(reasons).sort(), index.entries.map(({ file }) => file.replace('.json', '')).sort());
	});

	async function bodyOf(body: string): Promise<Told> {
		assert.ok(isBodyName(body));
		const { service } = createStand(faulty({ body }));
		const response = await service.fetch(`https://simulator.invalid/v1beta/models/${flash}:streamGenerateContent`, {
			method: 'POST',
			headers: { 'x-goog-api-key': 'sim-one' },
			body: '{}',
		});
		const json = (await response.json()) as { readonly error: Told } | readonly { readonly error: Told }[];
		const [first] = 'error' in json ? [json] : json;
		assert.ok(first);
		return first.error;
	}
});
