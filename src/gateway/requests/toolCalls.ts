import { fieldsOf, isObject, listOf, textOf, type Json } from '../../common/json';
import type { Dialect } from '../../gemini/gemini';

/** A tool that the model asked for. */
export interface ToolCall {
	readonly name: string;
	/** As the dialect has them: fields, or a text of JSON. */
	readonly args: unknown;
}

/** Calls of one turn that are looked at. */
const maxCalls = 20;

/**
 * The calls of the model's last turn, if the request brings their results: a loop makes the same ones again and again. None
 * without a result, or while the answer continues, so that each turn counts once.
 */
export function lastToolCalls(dialect: Dialect, body: Json): readonly ToolCall[] {
	return (dialect === 'gemini' ? geminiCalls(body) : openAiCalls(body)).slice(0, maxCalls);
}

function geminiCalls(body: Json): readonly ToolCall[] {
	const contents = oneOrMore(body['contents']).map(fieldsOf);
	const { last, behind } = lastTurn(contents, 'model');
	const partsOf = (content: Json): readonly Json[] => oneOrMore(content['parts']).map(fieldsOf);
	if (goesOn(body) || !behind.flatMap(partsOf).some(isResult)) return [];
	return partsOf(last).flatMap((part) => {
		const { name, args } = fieldsOf(part['functionCall'] ?? part['function_call']);
		return callOf(name, args);
	});
}

function openAiCalls(body: Json): readonly ToolCall[] {
	const messages = listOf(body['messages']).map(fieldsOf);
	const { last, behind } = lastTurn(messages, 'assistant');
	if (!behind.some(({ role }) => role === 'tool')) return [];
	return listOf(last['tool_calls']).flatMap((call) => {
		const { name, arguments: args } = fieldsOf(fieldsOf(call)['function']);
		return callOf(name, args);
	});
}

/** The model's last turn and all after it: a client may say more after the results of its tools. */
export function lastTurn(
	turns: readonly Json[],
	model: 'model' | 'assistant',
): { readonly last: Json; readonly behind: readonly Json[] } {
	const at = turns.findLastIndex(({ role }) => role === model);
	return { last: turns[at] ?? {}, behind: turns.slice(at + 1) };
}

/** Whether the request continues an answer that was cut at its limit, with the token that came at its end. */
export function goesOn({ continuationToken, continuation_token: token = continuationToken }: Json): boolean {
	return textOf(token) !== undefined;
}

/** As Google reads a list: a single value counts as a list of one. */
export function oneOrMore(value: unknown): readonly unknown[] {
	return isObject(value) ? [value] : listOf(value);
}

/** A part in Gemini's own form. */
export function isResult(part: Json): boolean {
	return (part['functionResponse'] ?? part['function_response']) !== undefined;
}

function callOf(name: unknown, args: unknown): readonly ToolCall[] {
	const named = textOf(name);
	return named === undefined ? [] : [{ name: named, args }];
}
