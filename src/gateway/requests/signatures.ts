import { fieldsOf, listOf, textOf, type Json } from '../../common/json';
import { unknownSignature } from '../../gemini/request/parameters';
import type { JsonEdit } from './jsonEdit';

/** Signatures that are remembered, and the characters of all of them; the oldest go first. */
const maxSignatures = 5_000;
const maxCharacters = 16 * 1024 * 1024;

/**
 * The thought signatures of tool calls, by client and the id of the call. Gemini wants them back, and clients that know only
 * OpenAI's fields drop them.
 */
export class SignatureMemory {
	private readonly signatures = new Map<string, string>();
	private characters = 0;

	/** Remembers the signatures in an answer's message, or in a delta of one. */
	learn(client: string, message: Json): void {
		for (const call of listOf(message['tool_calls']).map(fieldsOf)) {
			const id = textOf(call['id']);
			const signature = signatureIn(call);
			if (id !== undefined && signature !== undefined) this.keep(`${client} ${id}`, signature);
		}
	}

	/** The edits that put signatures back where a request lacks them. */
	editsFor(client: string, body: Json): readonly JsonEdit[] {
		return callsIn(body).flatMap(({ call, path }) => {
			const id = textOf(call['id']);
			const known = id === undefined ? undefined : this.signatures.get(`${client} ${id}`);
			if (known === undefined || signatureIn(call) !== undefined) return [];
			return [{ path: [...path, ...openAiPath], value: JSON.stringify(known) }];
		});
	}

	private keep(name: string, signature: string): void {
		this.drop(name);
		this.signatures.set(name, signature);
		this.characters += name.length + signature.length;
		for (const oldest of this.signatures.keys()) {
			if (this.signatures.size <= maxSignatures && this.characters <= maxCharacters) break;
			this.drop(oldest);
		}
	}

	private drop(name: string): void {
		const known = this.signatures.get(name);
		if (known === undefined) return;
		this.characters -= name.length + known.length;
		this.signatures.delete(name);
	}
}

const openAiPath = ['extra_content', 'google', 'thought_signature'] as const;
const sentinel = JSON.stringify(unknownSignature);

/**
 * Puts Google's documented stand-in in the place of every signature, and on the first call of each step, which must have one;
 * for a conversation in OpenAI's form.
 */
export function openAiReplacements(body: Json): readonly JsonEdit[] {
	const ofTexts = listOf(body['messages']).flatMap((message, n): readonly JsonEdit[] =>
		signatureIn(fieldsOf(message)) === undefined ? [] : [{ path: ['messages', n, ...openAiPath], value: sentinel }],
	);
	const steps = new Set<number>();
	const ofCalls = callsIn(body).flatMap(({ call, path, message }) => {
		const isFirst = !steps.has(message);
		steps.add(message);
		return isFirst || signatureIn(call) !== undefined ? [{ path: [...path, ...openAiPath], value: sentinel }] : [];
	});
	return [...ofTexts, ...ofCalls];
}

/** The same in Gemini's own form. */
export function geminiReplacements(body: Json): readonly JsonEdit[] {
	return listOf(body['contents']).flatMap((content, n) => {
		const parts = listOf(fieldsOf(content)['parts']).map(fieldsOf);
		const first = parts.findIndex((part) => (part['functionCall'] ?? part['function_call']) !== undefined);
		return parts.flatMap((part, m): readonly JsonEdit[] => {
			const name = part['thought_signature'] === undefined ? 'thoughtSignature' : 'thought_signature';
			const isWanted = m === first || part[name] !== undefined;
			return isWanted ? [{ path: ['contents', n, 'parts', m, name], value: sentinel }] : [];
		});
	});
}

/** @param signed a call, or a message, whose text can be signed as well */
export function signatureIn(signed: Json): string | undefined {
	return textOf(fieldsOf(fieldsOf(signed['extra_content'])['google'])['thought_signature']);
}

function callsIn(body: Json) {
	return listOf(body['messages']).flatMap((message, n) =>
		listOf(fieldsOf(message)['tool_calls']).map((call, m) => ({
			call: fieldsOf(call),
			message: n,
			path: ['messages', n, 'tool_calls', m] as const,
		})),
	);
}
