import { isLoopback } from '../../gemini/request/address';
import { DeliveryError } from './deliveryError';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Bytes of an answer that are read: enough for the sentence that says why. */
const maxRead = 500;

/**
 * Posts JSON. No redirect is followed, and of the answer only its beginning is read. Rejects with `DeliveryError`, or
 * with whatever `signal` was aborted with.
 */
export async function postJson(
	fetch: Fetch,
	url: string,
	body: string,
	headers: Readonly<Record<string, string>>,
	signal: AbortSignal,
): Promise<void> {
	if (!isSafe(url)) throw new DeliveryError('badAddress');
	let response: Response;
	try {
		response = await fetch(url, {
			method: 'POST',
			body,
			headers: { 'content-type': 'application/json', 'user-agent': 'keypool-gemini', ...headers },
			redirect: 'manual',
			signal,
		});
	} catch (cause) {
		signal.throwIfAborted();
		const text = textOf(cause);
		const reason = text.includes('certificate') ? 'notTrusted' : 'unreachable';
		throw new DeliveryError(reason, text, undefined, { cause });
	}
	if (response.ok) {
		await response.body?.cancel();
		return;
	}
	const { status } = response;
	if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
		await response.body?.cancel();
		throw new DeliveryError('redirected', String(status));
	}
	const serviceMessage = `${status} ${await beginning(response)}`.trim();
	if (status === 429) throw new DeliveryError('rateLimited', serviceMessage, retryAfter(response));
	if (status >= 500 || status === 408) throw new DeliveryError('serverTrouble', serviceMessage, retryAfter(response));
	throw new DeliveryError('refused', serviceMessage);
}

/** https, or http to this computer; no user and password in it. */
export function isSafe(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const { protocol, hostname, username, password } = new URL(url);
	return (
		(protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) && username === '' && password === ''
	);
}

/** ms. The header holds seconds; a date is not worth its parsing. */
function retryAfter({ headers }: Response): number | undefined {
	const seconds = Number(headers.get('retry-after') ?? Number.NaN);
	return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

async function beginning(response: Response): Promise<string> {
	const body: ReadableStream<Uint8Array> | null = response.body;
	const reader = body?.getReader();
	if (!reader) return '';
	try {
		const { value } = await reader.read();
		return value === undefined ? '' : new TextDecoder().decode(value.slice(0, maxRead));
	} catch {
		return '';
	} finally {
		await reader.cancel().catch(() => undefined);
	}
}

function textOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return error.cause instanceof Error ? error.cause.message : error.message;
}
