import { isObject, listOf, type Json } from '../../common/json';
import { mediaTokens } from '../../gemini/request/requestSize';
import type { RequestSize } from '../../pool/pool';

/** Input tokens of what is named and not sent: an uploaded file, a film on the web, a cache, an answer that goes on. It can be anything. */
const tokensOfNamedFile = 258;

/** Sent back as they came, and counted with the turn that made them. */
const signatures = new Set(['thoughtSignature', 'thought_signature']);
const namedFields = new Set(['cachedContent', 'cached_content', 'continuationToken', 'continuation_token']);
/** Where a picture or file stands as OpenAI's clients send it: anywhere else a text that begins alike is a text. */
const urlFields = new Set(['url', 'image_url', 'file_data']);
/** Where the names of fields are part of what the model reads. */
const read = new Set([
	'tools',
	'functionDeclarations',
	'function_declarations',
	'args',
	'response',
	'responseSchema',
	'response_schema',
	'responseJsonSchema',
	'response_json_schema',
	'json_schema',
]);

/**
 * What a body in either dialect weighs: UTF-8 bytes of every text in it, and what its pictures and files cost; the base64 of
 * those is no text. The answer's usage corrects it.
 */
export function sizeOfBody(body: unknown): RequestSize {
	let bytes = 0;
	let tokens = 0;
	// No recursion: a body can be nested as deeply as its size allows.
	const left: { readonly value: unknown; readonly isRead: boolean; readonly isUrl?: boolean }[] = [
		{ value: body, isRead: false },
	];
	for (let next = left.pop(); next !== undefined; next = left.pop()) {
		const { value, isRead, isUrl } = next;
		if (typeof value === 'string') {
			const media = isUrl ? mediaOfUrl(value) : undefined;
			if (media === undefined) bytes += utf8Length(value);
			else tokens += media;
		} else if (Array.isArray(value)) {
			bytes += isRead ? value.length + 1 : 0;
			for (const one of value) left.push({ value: one, isRead });
		} else if (isObject(value)) {
			const media = isRead ? undefined : mediaOf(value);
			if (media !== undefined) {
				tokens += media;
				continue;
			}
			for (const [name, one] of Object.entries(value)) {
				if (signatures.has(name)) continue;
				if (namedFields.has(name) && !isRead && typeof one === 'string') tokens += tokensOfNamedFile;
				const inside = isRead || read.has(name);
				if (inside) bytes += utf8Length(name) + 3;
				left.push({ value: one, isRead: inside, isUrl: !inside && urlFields.has(name) });
			}
		} else if (isRead) {
			bytes += String(value).length;
		}
	}
	return { bytes, tokens };
}

/** How many texts are to become vectors: the service counts each of them as a request. */
export function textsToEmbed({ requests, input }: Json): number {
	const texts = listOf(requests ?? input);
	// OpenAI's clients can send one text as a list of tokens.
	return texts.every((one) => typeof one === 'number') ? 1 : texts.length;
}

/**
 * A file that is sent as base64 (`inlineData`, `input_audio`), or named (`fileData`). What a tool takes and gives back is text to
 * the model, whatever its fields are called.
 */
function mediaOf(value: Json): number | undefined {
	const { data, mimeType, mime_type: mime, format, fileUri, file_uri: uri } = value;
	if (typeof (fileUri ?? uri) === 'string') return tokensOfNamedFile;
	if (typeof data !== 'string') return undefined;
	const type = mimeType ?? mime ?? (typeof format === 'string' ? `audio/${format}` : undefined);
	return typeof type === 'string' ? mediaTokens(type, data.length) : undefined;
}

function mediaOfUrl(text: string): number | undefined {
	if (!text.startsWith('data:')) return undefined;
	const [, type] = /^data:([\w/+.-]{1,100})?(?:;[\w=-]{1,40}){0,4};base64,/.exec(text.slice(0, 300)) ?? [];
	return type === undefined ? undefined : mediaTokens(type, text.length);
}

const encoder = new TextEncoder();

/** Piece by piece into the same room: counted by its characters, a long conversation would take longer than all else. */
function utf8Length(text: string): number {
	const room = new Uint8Array(Math.min(3 * text.length, 16_384));
	let bytes = 0;
	for (let left = text; left !== '';) {
		const { read, written } = encoder.encodeInto(left, room);
		bytes += written;
		left = left.slice(read);
	}
	return bytes;
}
