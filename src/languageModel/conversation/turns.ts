import type { Content, InlineData, Turn } from '../../gemini/gemini';
import { isTextual, type Abilities } from './abilities';
import type { CallMemory } from './callMemory';
import { contentOfData, fitsInResult, textContent } from './content';
import type { HostMessage, HostPart } from './hostParts';
import { CallResults, type HostCall, type HostResult } from './callResults';
import type { ToolNames } from './toolNames';

/** What the conversion looks things up in. */
export interface ConversationContext {
	readonly abilities: Abilities;
	readonly memory: Pick<CallMemory, 'call' | 'text'>;
	readonly names: Pick<ToolNames, 'forService'>;
}

export interface Converted {
	/** All system messages, in their order. */
	readonly system: string | undefined;
	/** They alternate, begin and end with the user, and each call has its result right behind it. */
	readonly turns: readonly Turn[];
	/**
	 * Where the last message brings results of calls: the model goes on, and must be the one that called, if it is known, unless
	 * another one is `wanted` by now.
	 */
	readonly callingTurn: { readonly model: string | undefined; readonly wanted: string | undefined } | undefined;
}

/** Where a conversation was cut: the service wants the user to begin. For the model, so in English. */
const omitted = '(The beginning of the conversation is left out.)';
const goOn = 'Continue.';
const noResult = 'The call has no result: it was not run, or it was cancelled.';
const failed = 'The call failed.';

/** Consecutive messages of one side. */
interface Step {
	readonly role: 'user' | 'assistant';
	readonly parts: readonly HostPart[];
}

type HostSignature = Extract<HostPart, { type: 'signature' }>;
type Signatures = ReadonlyMap<string, Pick<HostSignature, 'signature' | 'model' | 'wanted'>>;

/** A conversation of the editor as the service takes it. */
export function convert(given: readonly HostMessage[], context: ConversationContext): Converted {
	const messages = withInstruction(given, context);
	const system = messages
		.filter(({ role }) => role === 'system')
		.map(({ parts }) => textOf(parts.flatMap((part) => contentOf(part, context))))
		.filter((text) => text !== '')
		.join('\n\n');
	const steps = stepsOf(messages);
	const results = new CallResults(steps);
	const signatures = signaturesOf(steps);
	const turns: Turn[] = [];
	for (const { role, parts } of steps) {
		if (role === 'user') {
			push(
				turns,
				'user',
				parts.flatMap((part) => userContent(part, results, context)),
			);
			continue;
		}
		push(turns, 'model', modelContent(parts, signatures, context));
		const calls = parts.filter((part) => part.type === 'call');
		push(turns, 'user', calls.flatMap((call) => resultContent(call, results.of(call), context)).sort(resultsFirst));
	}
	if (turns[0]?.role === 'model') turns.unshift({ role: 'user', content: textContent(omitted) });
	if (turns.at(-1)?.role === 'model') push(turns, 'user', textContent(goOn));
	if (turns.length === 0) push(turns, 'user', textContent(system));
	return { system: system === '' ? undefined : system, turns, callingTurn: callingTurnOf(steps, signatures, context) };
}

/**
 * The stable API has no role for an instruction: Cline, Roo and many others let the assistant say it before the user speaks.
 * An answer of ours stays one, where the conversation before it was cut.
 */
function withInstruction(messages: readonly HostMessage[], { memory }: ConversationContext): readonly HostMessage[] {
	const begin = messages.findIndex(({ role }) => role === 'user');
	const leading = messages.slice(0, Math.max(0, begin));
	const areInstructions = leading.every(({ role, parts }) => {
		const said = parts.map((part) => (part.type === 'text' ? part.text : undefined));
		return role === 'assistant' && !said.includes(undefined) && memory.text(said.join('')) === undefined;
	});
	if (!areInstructions || messages.some(({ role }) => role === 'system')) return messages;
	return messages.map((message, n) => (n < begin ? { ...message, role: 'system' } : message));
}

function stepsOf(messages: readonly HostMessage[]): readonly Step[] {
	const steps: { role: Step['role']; parts: HostPart[] }[] = [];
	for (const { role, parts } of messages) {
		if (role === 'system') continue;
		const last = steps.at(-1);
		if (last?.role === role) last.parts.push(...parts);
		else steps.push({ role, parts: [...parts] });
	}
	return steps;
}

/** Nothing where there is nothing to say: the service refuses empty turns. */
function push(turns: Turn[], role: Turn['role'], content: readonly Content[]): void {
	if (content.length === 0) return;
	const last = turns.at(-1);
	if (last?.role === role) turns[turns.length - 1] = { role, content: [...last.content, ...content] };
	else turns.push({ role, content });
}

function userContent(part: HostPart, results: CallResults, context: ConversationContext): readonly Content[] {
	if (part.type !== 'result') return contentOf(part, context);
	// It stands behind its call already.
	if (results.has(part)) return [];
	const content = part.content.flatMap((one) => contentOf(one, context));
	return [...textContent(`Result of the tool call ${part.callId}:`), ...content];
}

function modelContent(
	parts: readonly HostPart[],
	signatures: Signatures,
	context: ConversationContext,
): readonly Content[] {
	const { memory, names } = context;
	const content = parts.flatMap((part): readonly Content[] => {
		switch (part.type) {
			case 'call': {
				const { callId, name, input } = part;
				const { signature, model } = { ...signatures.get(callId), ...memory.call(callId) };
				const id = idOf(callId, memory);
				return [
					{
						type: 'call',
						name: names.forService(name),
						args: input,
						...(id !== undefined && { id }),
						...(signature !== undefined && { signature }),
						...(model !== undefined && { signedBy: model }),
					},
				];
			}
			case 'signature':
				return part.callId === undefined ? signatureContent(part.signature, part.model) : [];
			case 'result':
				return [];
			case 'data':
				// A model is never sent a file as its own words, nor what we say of one.
				return isTextual(part.mimeType) ? contentOf(part, context) : [];
			case 'text':
				return contentOf(part, context);
		}
	});
	if (content.some(({ type }) => type === 'signature')) return content;
	const known = memory.text(textOf(content));
	return known?.signature === undefined ? content : [...content, ...signatureContent(known.signature, known.model)];
}

function signatureContent(signature: string, signedBy: string): readonly Content[] {
	return [{ type: 'signature', signature, signedBy }];
}

function resultContent(
	{ callId, name }: HostCall,
	result: HostResult | undefined,
	context: ConversationContext,
): readonly Content[] {
	const content = (result?.content ?? []).flatMap((one) => contentOf(one, context));
	const files = content.filter((one) => one.type === 'image' || one.type === 'media');
	const media: readonly InlineData[] = files.filter(fitsInResult).map(({ mimeType, data }) => ({ mimeType, data }));
	// A tool gives a text for each thing that it found: without a line end they would be one word.
	const text = content.flatMap((one) => (one.type === 'text' ? [one.text] : [])).join('\n');
	const output = text === '' && files.length > 0 ? 'The result is attached.' : text;
	const error = result === undefined ? noResult : result.isError && (text || failed);
	const id = idOf(callId, context.memory);
	return [
		{
			type: 'result',
			name: context.names.forService(name),
			response: error === undefined ? { output } : { error },
			...(id !== undefined && { id }),
			...(media.length > 0 && { media }),
		},
		...files.filter((file) => !fitsInResult(file)),
	];
}

/** The service's own of a call that is remembered; empty where it gave none. */
function idOf(callId: string, memory: ConversationContext['memory']): string | undefined {
	const known = memory.call(callId);
	return known && (known.id ?? '');
}

/** Keeps the order of both. */
function resultsFirst(a: Content, b: Content): number {
	return Number(b.type === 'result') - Number(a.type === 'result');
}

function contentOf(part: HostPart, { abilities }: ConversationContext): readonly Content[] {
	switch (part.type) {
		case 'text':
			return textContent(part.text);
		case 'data':
			return contentOfData(part, abilities);
		case 'call':
		case 'result':
		case 'signature':
			return [];
	}
}

function textOf(content: readonly Content[]): string {
	return content.map((one) => (one.type === 'text' ? one.text : '')).join('');
}

/** Of calls, by their id. */
function signaturesOf(steps: readonly Step[]): Signatures {
	const signatures = new Map<string, HostSignature>();
	for (const part of steps.flatMap(({ parts }) => parts)) {
		if (part.type === 'signature' && part.callId !== undefined) signatures.set(part.callId, part);
	}
	return signatures;
}

function callingTurnOf(
	steps: readonly Step[],
	signatures: Signatures,
	{ memory }: ConversationContext,
): Converted['callingTurn'] {
	const last = steps.at(-1);
	if (last?.role !== 'user' || !last.parts.some(({ type }) => type === 'result')) return undefined;
	const calls = (steps.at(-2)?.parts ?? []).flatMap((part) => (part.type === 'call' ? [part.callId] : []));
	// One model made all of them; of calls side by side it has signed the first alone.
	const known = calls.flatMap((id) => memory.call(id) ?? signatures.get(id) ?? []).at(-1);
	return calls.length === 0 ? undefined : { model: known?.model, wanted: known?.wanted };
}
