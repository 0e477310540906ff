import { fieldsOf, isObject, listOf, textOf, type Json } from '../../common/json';
import type { Call } from '../requests/call';
import { withEdits, type JsonEdit } from '../requests/jsonEdit';

/**
 * Puts the pieces of one answer into OpenAI's own words where Google's translation differs. Google's streams leave out the
 * `index`, by which clients tell tool calls apart; they say `stop` where agents wait for `tool_calls` to run them
 * (https://github.com/googleapis/python-genai/issues/2868); and they count in each piece what the answer has come to, which
 * some clients add up. What a filter held back has no message, and a reason of Google's own, for which strict clients have no
 * word. Of vectors the first comes without its `index`, which clients read its place from or insist on
 * (https://github.com/spring-projects/spring-ai/issues/7019).
 */
export class OpenAiWords {
	/** By answer: the ids of its calls, in order; empty for a call without one. */
	private readonly calls = new Map<unknown, string[]>();
	/** The last piece of a stream that had the usage. */
	private counted: string | undefined;

	constructor(private readonly asked: Pick<Call, 'wantsUsage' | 'form'>) {}

	/** The piece in OpenAI's words. Bytes that do not differ stay as they are. */
	mended(text: string, json: unknown): string {
		const { choices, data, usage } = fieldsOf(json);
		const ofVectors = listOf(data).flatMap((vector, n) =>
			typeof fieldsOf(vector)['index'] === 'number' ? [] : [{ path: ['data', n, 'index'], value: String(n) }],
		);
		const ofAnswers = listOf(choices).flatMap((choice, n) => this.editsOf(fieldsOf(choice), ['choices', n]));
		const edits = [...ofVectors, ...ofAnswers];
		if (this.asked.form === 'whole' || !isObject(usage)) return withEdits(text, edits);
		this.counted = text;
		return withEdits(text, [...edits, { path: ['usage'], value: 'null' }]);
	}

	/** The piece that ends a stream, once, for a client that wants the usage: it holds no answer, as from OpenAI. */
	ending(): string | undefined {
		const { counted } = this;
		this.counted = undefined;
		if (counted === undefined || !this.asked.wantsUsage) return undefined;
		return withEdits(counted, [{ path: ['choices'], value: '[]' }]);
	}

	private editsOf(choice: Json, path: JsonEdit['path']): readonly JsonEdit[] {
		const { index: answer = 0, delta, message, finish_reason: reason } = choice;
		const known = this.calls.get(answer) ?? [];
		this.calls.set(answer, known);
		const edits = listOf(fieldsOf(delta)['tool_calls']).flatMap((one, m): JsonEdit[] => {
			const call = fieldsOf(one);
			const index = indexOf(call, known);
			const isRight = call['index'] === index;
			return isRight ? [] : [{ path: [...path, 'delta', 'tool_calls', m, 'index'], value: String(index) }];
		});
		const hasCalls = known.length > 0 || listOf(fieldsOf(message)['tool_calls']).length > 0;
		const right = hasCalls && reason === 'stop' ? 'tool_calls' : withoutFilter(reason);
		if (right !== reason) edits.push({ path: [...path, 'finish_reason'], value: JSON.stringify(right) });
		if (!isObject(delta ?? message)) edits.push(this.emptyMessage(path));
		return edits;
	}

	/** With its role, which OpenAI's own client insists on. */
	private emptyMessage(path: JsonEdit['path']): JsonEdit {
		return this.asked.form === 'whole'
			? { path: [...path, 'message'], value: '{"role":"assistant","content":null}' }
			: { path: [...path, 'delta'], value: '{"role":"assistant"}' };
	}
}

/** Google says as well which filter it was, as in `content_filter: RECITATION`. */
function withoutFilter(reason: unknown): unknown {
	return /^\w+_filter: /.test(textOf(reason) ?? '') ? 'content_filter' : reason;
}

/** A new id, or a name without any id, begins a call; what has neither goes on with the last one. */
function indexOf(call: Json, known: string[]): number {
	const id = textOf(call['id']) ?? '';
	const isKnown = id === '' ? textOf(fieldsOf(call['function'])['name']) === undefined : known.includes(id);
	if (!isKnown) known.push(id);
	return id === '' ? Math.max(0, known.length - 1) : known.indexOf(id);
}
