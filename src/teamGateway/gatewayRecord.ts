import { fieldsOf, jsonIn } from '../common/json';
import { validateBaseUrl } from '../gemini/request/address';

/** The team's gateway that this person uses. */
export interface GatewayRecord {
	/** Without a path of the API, and without a slash at its end. */
	readonly address: string;
	readonly token: string;
}

/** Reads an address as tools write it, with or without the path of an API. */
export function trimAddress(text: string): string {
	return withoutSlashes(withoutSlashes(text.trim()).replace(/\/v1(?:beta)?(?:\/openai)?$/i, ''));
}

function withoutSlashes(text: string): string {
	let end = text.length;
	while (text[end - 1] === '/') end--;
	return text.slice(0, end);
}

/** What every token of a gateway looks like; see `src/gateway/doors/token.ts`. */
export function isToken(text: string): boolean {
	return /^kp_[\w-]{20,200}$/.test(text);
}

/** Undefined if nothing is stored or it is damaged: then nothing is sent anywhere. */
export function readRecord(stored: string | undefined): GatewayRecord | undefined {
	const { v, address, token } = fieldsOf(jsonIn(stored ?? ''));
	const isRecord = v === 1 && typeof address === 'string' && typeof token === 'string';
	return isRecord && validateBaseUrl(address).ok && isToken(token) ? { address, token } : undefined;
}

export function writeRecord({ address, token }: GatewayRecord): string {
	return JSON.stringify({ v: 1, address, token });
}
