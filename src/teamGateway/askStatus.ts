import { readAtMost } from '../gemini/transport/guardedFetch';
import type { Clock } from '../pool/pool';
import type { GatewayRecord } from './gatewayRecord';
import { readStatus, type ToldStatus } from './toldStatus';

/** The result of reading a gateway's status. */
export type StatusAnswer =
	| { readonly told: ToldStatus }
	/** Why it tells nothing: it cannot be reached, does not know the token, or is no gateway of Keypool's. */
	| { readonly trouble: 'unreachable' | 'badToken' | 'noGateway' };

/** ms. */
const timeoutMs = 15_000;
/** Bytes. A status with fifty models has 5,000. */
const maxBody = 100_000;

/** From a proxy in front of a gateway that is away, or from a busy gateway: it may be back soon. */
const isPassing = (status: number): boolean => status >= 500 || status === 429 || status === 408;

/** Never rejects. The token goes to the address alone: redirects are not followed. */
export async function askStatus(
	fetch: typeof globalThis.fetch,
	{ address, token }: GatewayRecord,
	clock: Pick<Clock, 'after' | 'wall'>,
	given: AbortSignal,
): Promise<StatusAnswer> {
	const late = new AbortController();
	const off = clock.after(timeoutMs, () => late.abort());
	const signal = AbortSignal.any([given, late.signal]);
	try {
		const headers = { 'x-goog-api-key': token };
		const answer = await fetch(`${address}/keypool/status`, { headers, signal, redirect: 'manual' });
		const text = await readAtMost(answer, maxBody);
		// A 401 of the gateway itself: a proxy in front may ask for other credentials.
		if (answer.status === 401 && text.includes('KEYPOOL_')) return { trouble: 'badToken' };
		if (isPassing(answer.status)) return { trouble: 'unreachable' };
		const told = answer.ok ? readStatus(JSON.parse(text), clock.wall()) : undefined;
		return told ? { told } : { trouble: 'noGateway' };
	} catch (error) {
		return { trouble: error instanceof SyntaxError ? 'noGateway' : 'unreachable' };
	} finally {
		off();
	}
}
