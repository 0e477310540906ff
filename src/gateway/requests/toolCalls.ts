import type { Dialect } from '../../gemini/gemini';
import { fieldsOf, listOf, oneOrMore, textOf, type Fields } from './json';

/** A tool that the model asked for. */
export interface ToolCall {
	readonly name: string;
	/** As the dialect has them: fields, or a text of JSON. */
	readonly args: unknown;
}

/** More in one turn are not looked at. */
const maxCalls = 20;

/**
 * The calls of the last turn of the model, whose results a request brings back: a loop comes to the same ones again and
 * again. None where the last turn is no result, so that each turn counts once.
 */
export function lastToolCalls(dialect: Dialect, body: Fields): readonly ToolCall[] {
	return (dialect === 'gemini' ? geminiCalls(body) : openAiCalls(body)).slice(0, maxCalls);
}

function geminiCalls(body: Fields): readonly ToolCall[] {
	const contents = oneOrMore(body['contents']).map(fieldsOf);
	const parts = (content: Fields | undefined): readonly Fields[] => oneOrMore(content?.['parts']).map(fieldsOf);
	const isResult = (part: Fields): boolean => (part['functionResponse'] ?? part['function_response']) !== undefined;
	if (!parts(contents.at(-1)).some(isResult)) return [];
	return parts(contents.findLast(({ role }) => role === 'model')).flatMap((part) => {
		const { name, args } = fieldsOf(part['functionCall'] ?? part['function_call']);
		return callOf(name, args);
	});
}

function openAiCalls(body: Fields): readonly ToolCall[] {
	const messages = listOf(body['messages']).map(fieldsOf);
	if (messages.at(-1)?.['role'] !== 'tool') return [];
	const last = messages.findLast(({ role }) => role === 'assistant');
	return listOf(last?.['tool_calls']).flatMap((call) => {
		const { name, arguments: args } = fieldsOf(fieldsOf(call)['function']);
		return callOf(name, args);
	});
}

function callOf(name: unknown, args: unknown): readonly ToolCall[] {
	const named = textOf(name);
	return named === undefined ? [] : [{ name: named, args }];
}
