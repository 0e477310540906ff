import { fieldsOf, isObject } from '../../common/json';
import { sizeOf } from '../../gemini/request/requestSize';
import type { Content } from '../../gemini/gemini';
import type { RequestSize } from '../../pool/pool';
import { isFile, isTextual, plainType } from './abilities';
import { textsOfTsx } from './hostParts';

/** Names of fields that are sent as something else than text, or not at all. */
const silent: ReadonlySet<string> = new Set([
	'type',
	'callId',
	'toolCallId',
	'mimeType',
	'metadata',
	'audience',
	'role',
	'name',
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
	if ('node' in value) return contentsIn(textsOfTsx(value), depth + 1);
	const { type, mimeType, data, name, input, parameters = input, metadata } = value;
	if (typeof name === 'string' && isObject(parameters)) return [{ type: 'call', name, args: parameters }];
	// Of a thought its signature goes back.
	if (type === 'thinking' || ('metadata' in value && 'value' in value)) return signatureIn(metadata);
	const bytes = bytesIn(data);
	if (typeof mimeType === 'string' && bytes !== undefined) return contentOfSize(plainType(mimeType), bytes);
	return Object.entries(value).flatMap(([name, one]) => (silent.has(name) ? [] : contentsIn(one, depth + 1)));
}

function signatureIn(metadata: unknown): readonly Content[] {
	const { signature, model } = fieldsOf(metadata);
	return typeof signature === 'string' && typeof model === 'string' ? [{ type: 'signature', signature }] : [];
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
