/** What the editor hands a provider, as plain data: the editor's classes are looked at here and nowhere else. */
import { fieldsOf, isObject, jsonIn } from '../../common/json';
import type { JsonObject } from '../../generation/options';
import { plainType } from './abilities';

export interface HostMessage {
	readonly role: 'system' | 'user' | 'assistant';
	readonly parts: readonly HostPart[];
}

export type HostPart =
	| { readonly type: 'text'; readonly text: string }
	| HostData
	| { readonly type: 'call'; readonly callId: string; readonly name: string; readonly input: JsonObject }
	/** It names no tool: the call of this id does. */
	| {
			readonly type: 'result';
			readonly callId: string;
			readonly content: readonly (HostText | HostData)[];
			/** The tool failed: editors tell, though their stable types do not. */
			readonly isError?: true;
	  }
	/**
	 * A thought signature that an earlier answer of ours left in the conversation: which model made it, which one was asked for,
	 * and of which call; without one it belongs to the answer's text.
	 */
	| {
			readonly type: 'signature';
			readonly signature: string;
			readonly model: string;
			readonly wanted?: string;
			readonly callId?: string;
	  };

type HostText = Extract<HostPart, { type: 'text' }>;

export interface HostData {
	readonly type: 'data';
	readonly mimeType: string;
	readonly bytes: Uint8Array;
}

/** The editor's classes of parts. Those that an older editor lacks are absent. */
export interface PartClasses {
	readonly text: PartClass;
	readonly call: PartClass;
	readonly result: PartClass;
	readonly tsx?: PartClass | undefined;
	readonly data?: PartClass | undefined;
	readonly thinking?: PartClass | undefined;
}

type PartClass = abstract new (...args: never[]) => unknown;

/** A message as the editor hands it over. */
export interface RawMessage {
	readonly role: number;
	readonly content: readonly unknown[] | string;
}

/** `LanguageModelChatMessageRole`; the stable types do not know the last. */
const roles: Readonly<Record<number, HostMessage['role']>> = { 1: 'user', 2: 'assistant', 3: 'system' };

export function readMessages(messages: readonly RawMessage[], classes: PartClasses): readonly HostMessage[] {
	return messages.map(({ role, content }) => ({
		role: roles[role] ?? 'user',
		parts:
			typeof content === 'string' ? [{ type: 'text', text: content }] : content.flatMap((part) => read(part, classes)),
	}));
}

/** None for a part that nobody here knows: it is left out. */
function read(part: unknown, classes: PartClasses): readonly HostPart[] {
	if (!isObject(part)) return [];
	const { text, call, result, thinking } = classes;
	if (part instanceof text) return textPart(part['value']);
	if (part instanceof call) {
		const { callId, name, input } = part;
		if (typeof name !== 'string') return [];
		// OpenAI's clients have it as JSON, and in JavaScript it may come so.
		const fields = fieldsOf(typeof input === 'string' ? jsonIn(input) : input);
		return [{ type: 'call', callId: idIn(callId), name, input: fields }];
	}
	if (part instanceof result) {
		const { callId, content, isError } = part;
		if (!Array.isArray(content)) return [];
		const read = content.flatMap((one) => readContent(one, classes));
		return [{ type: 'result', callId: idIn(callId), content: read, ...(isError === true && { isError }) }];
	}
	if (thinking !== undefined && part instanceof thinking) return signaturePart(part['metadata']);
	return readContent(part, classes);
}

/** An extension in JavaScript may have a number there, or nothing, as Gemini often has: calls of one id go by their order. */
function idIn(callId: unknown): string {
	return typeof callId === 'string' || typeof callId === 'number' ? `${callId}` : '';
}

function readContent(part: unknown, { text, data, tsx }: PartClasses): readonly (HostText | HostData)[] {
	if (!isObject(part)) return [];
	if (part instanceof text) return textPart(part['value']);
	if (data !== undefined && part instanceof data) {
		const { mimeType, data: bytes } = part;
		if (typeof mimeType !== 'string' || !(bytes instanceof Uint8Array)) return [];
		return [{ type: 'data', mimeType: plainType(mimeType), bytes }];
	}
	return tsx !== undefined && part instanceof tsx ? textPart(textsOfTsx(part['value'])) : [];
}

function textPart(text: unknown): readonly HostText[] {
	return typeof text === 'string' && text !== '' ? [{ type: 'text', text }] : [];
}

/** Ours name the model: other providers leave signatures too, which the service would refuse. */
function signaturePart(metadata: unknown): readonly HostPart[] {
	const { signature, model, wanted, callId } = fieldsOf(metadata);
	if (typeof signature !== 'string' || signature === '' || typeof model !== 'string') return [];
	const more = { ...(typeof wanted === 'string' && { wanted }), ...(typeof callId === 'string' && { callId }) };
	return [{ type: 'signature', signature, model, ...more }];
}

/** Levels of a rendered prompt that are read. */
const maxDepth = 200;

/** The text of what `@vscode/prompt-tsx` rendered, which is a tree of nodes: its leaves have a `text`. */
export function textsOfTsx(value: unknown, depth = 0): string {
	if (depth > maxDepth) return '';
	if (typeof value === 'string') return depth === 0 ? value : '';
	if (Array.isArray(value)) return value.map((one) => textsOfTsx(one, depth + 1)).join('');
	if (!isObject(value)) return '';
	if (typeof value['text'] === 'string') return value['text'];
	return textsOfTsx(value['node'] ?? value['children'], depth + 1);
}
