import { fieldsOf, listOf, textOf, type Fields } from '../requests/json';
import { withEdits, type JsonEdit } from '../requests/jsonEdit';

/**
 * Puts the tool calls of one answer into OpenAI's own words. In a stream Google's translation leaves out the `index`, by which clients tell calls
 * apart, and says `stop` where agents wait for `tool_calls` to run them (https://github.com/googleapis/python-genai/issues/2868).
 */
export class ToolCallWords {
	/** By answer: the ids of its calls, in their order; those without one are empty. */
	private readonly calls = new Map<unknown, string[]>();

	/** A piece of the answer. Every other byte of it stays. */
	mended(text: string, json: unknown): string {
		return withEdits(
			text,
			listOf(fieldsOf(json)['choices']).flatMap((choice, n) => this.editsOf(fieldsOf(choice), ['choices', n])),
		);
	}

	private editsOf(choice: Fields, path: JsonEdit['path']): readonly JsonEdit[] {
		const { index: answer = 0, delta, message, finish_reason: reason } = choice;
		const known = this.calls.get(answer) ?? [];
		this.calls.set(answer, known);
		const edits = listOf(fieldsOf(delta)['tool_calls']).flatMap((one, m): readonly JsonEdit[] => {
			const call = fieldsOf(one);
			const index = indexOf(call, known);
			const isRight = call['index'] === index;
			return isRight ? [] : [{ path: [...path, 'delta', 'tool_calls', m, 'index'], value: String(index) }];
		});
		const hasCalls = known.length > 0 || listOf(fieldsOf(message)['tool_calls']).length > 0;
		if (!hasCalls || reason !== 'stop') return edits;
		return [...edits, { path: [...path, 'finish_reason'], value: '"tool_calls"' }];
	}
}

/** A new id, or a name without any id, begins a call; what has neither goes on with the last one. */
function indexOf(call: Fields, known: string[]): number {
	const id = textOf(call['id']) ?? '';
	const isKnown = id === '' ? textOf(fieldsOf(call['function'])['name']) === undefined : known.includes(id);
	if (!isKnown) known.push(id);
	return id === '' ? Math.max(0, known.length - 1) : known.indexOf(id);
}
