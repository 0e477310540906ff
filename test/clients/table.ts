import type { Case, Task } from './cases';

/** One client: `ask` throws where the client does. */
export interface Client {
	readonly name: string;
	ask(task: Task, at: { readonly url: string; readonly token: string }): Promise<string>;
	/** Tasks that the client has no place for. */
	readonly cannot?: readonly Task[];
}

/** What a client showed for a case. */
export type Outcome =
	| { readonly type: 'whole'; readonly ms: number }
	| { readonly type: 'told'; readonly by: string; readonly ms: number }
	/** It passed off as whole what is none: a part, or a text that came twice. */
	| { readonly type: 'wrong'; readonly text: string; readonly ms: number }
	| { readonly type: 'cannot' };

/** Whether a text is the whole answer of a task, once. */
export function isWhole(task: Task, text: string): boolean {
	if (task === 'json') return /^\{"answer":"sim-answer-\w+"\}$/.test(text.replaceAll(/\s/g, ''));
	// A client that puts much before the question gets the long answer.
	const isLong = text.split('## A simulated answer').length === 2 && text.trimEnd().endsWith('That is all.');
	if (task === 'tools') return isLong && /> (?:add|read_file): \{/.test(text);
	const marks = text.match(/sim-answer-\w+/g) ?? [];
	return isLong || (marks.length === 1 && /sim-answer-\w+\.\s*$/.test(text));
}

/** Whether the gateway did for a client what the case asks for. */
export function isAsWanted({ ends }: Case, outcome: Outcome): boolean {
	return outcome.type === 'cannot' || outcome.type === ends;
}

export function tableOf(
	cases: readonly Case[],
	rows: readonly { readonly client: Client; readonly outcomes: readonly Outcome[] }[],
): string {
	const head = ['case', ...rows.map(({ client }) => client.name)];
	const body = cases.map((one, n) => [one.name, ...rows.map(({ outcomes }) => cellOf(outcomes[n]))]);
	// As the formatter would have it.
	const widths = head.map((_, n) => Math.max(...[head, ...body].map((cells) => cells[n]?.length ?? 0)));
	const rule = widths.map((width) => '-'.repeat(width));
	const lineOf = (cells: readonly string[]): string =>
		`| ${cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`;
	return [head, rule, ...body].map(lineOf).join('\n');
}

function cellOf(outcome: Outcome | undefined): string {
	switch (outcome?.type) {
		case 'whole':
			return 'whole';
		case 'told':
			return `told: ${outcome.by}`;
		case 'wrong':
			return '**taken for whole**';
		default:
			return 'has no place for it';
	}
}

/** The error as the client shows it, short and without what differs from run to run. */
export function describeError(error: unknown): string {
	const { name, message, status, statusCode = status, code, lastError, responseBody } = asFields(error);
	const last = asFields(lastError);
	const said = [message, code, responseBody, last.message, last.responseBody].map(text).join(' ');
	const exit = /^exit \w+/.exec(text(message))?.[0];
	const found = /KEYPOOL_([A-Z_]+)|"code":"(\w+)"|\b(network|cut_stream|overloaded|paused|waited_too_long)\b/.exec(
		said,
	);
	const reason = (found?.[1] ?? found?.[2] ?? found?.[3] ?? '').toLowerCase();
	return [exit ?? text(name), text(statusCode ?? last.statusCode), reason].filter((part) => part !== '').join(' ');
}

type ErrorFields = Readonly<
	Partial<Record<'name' | 'message' | 'status' | 'statusCode' | 'code' | 'lastError' | 'responseBody', unknown>>
>;

const asFields = (value: unknown): ErrorFields => (typeof value === 'object' && value !== null ? value : {});
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
