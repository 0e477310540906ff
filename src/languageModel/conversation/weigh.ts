import { isObject } from '../../common/json';
import { sizeOf } from '../../gemini/request/requestSize';
import type { Content } from '../../gemini/gemini';
import type { RequestSize } from '../../pool/pool';
import { isFile, isTextual } from './abilities';

/** Names of fields that are sent as something else than text, or not at all. */
const silent: ReadonlySet<string> = new Set([
	'type',
	'callId',
	'toolCallId',
	'mimeType',
	'metadata',
	'audience',
	'role',
]);

/** Levels of a message that are looked at. */
const maxDepth = 20;

/** What a text or a message weighs, whether the editor hands over its own classes or plain data: every text in it, and files. */
export function weigh(message: unknown): RequestSize {
	return sizeOf({ turns: [{ role: 'user', content: contentsIn(message, 0) }] });
}

function contentsIn(value: unknown, depth: number): readonly Content[] {
	if (depth > maxDepth) return [];
	if (typeof value === 'string') return [{ type: 'text', text: value }];
	if (Array.isArray(value)) return value.flatMap((one) => contentsIn(one, depth + 1));
	if (!isObject(value)) return [];
	const { mimeType, data } = value;
	const bytes = bytesIn(data);
	if (typeof mimeType === 'string' && bytes !== undefined) return contentOfSize(mimeType, bytes);
	return Object.entries(value).flatMap(([name, one]) => (silent.has(name) ? [] : contentsIn(one, depth + 1)));
}

/** As it is sent: data that is text as a text, files as they are, markers of editors not at all. */
function contentOfSize(mimeType: string, bytes: number): readonly Content[] {
	if (isTextual(mimeType)) return [{ type: 'text', text: 'A'.repeat(bytes) }];
	return isFile(mimeType) ? [{ type: 'media', mimeType, data: 'A'.repeat(Math.ceil(bytes / 3) * 4) }] : [];
}

/** The editor's processes hand each other buffers that wrap the bytes. */
function bytesIn(data: unknown): number | undefined {
	if (data instanceof Uint8Array) return data.byteLength;
	return isObject(data) && data['buffer'] instanceof Uint8Array ? data['buffer'].byteLength : undefined;
}
