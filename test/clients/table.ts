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
	const marks = text.match(/sim-answer-\w+/g) ?? [];
	if (task === 'tools') return /> (?:add|read_file): \{/.test(text) && text.trimEnd().endsWith('That is all.');
	return marks.length === 1 && /sim-answer-\w+\.\s*$/.test(text);
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
	return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
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
	const name = error instanceof Error ? error.name : 'error';
	const message = error instanceof Error ? error.message : String(error);
	const status = error instanceof Error && 'status' in error ? String(error.status) : '';
	const exit = /^exit \d+/.exec(message)?.[0];
	const reason = /KEYPOOL_[A-Z_]+|(?<="code":")\w+/.exec(message)?.[0] ?? '';
	return [exit ?? name, status, reason]
		.filter((part) => part !== '' && part !== 'undefined')
		.join(' ')
		.replaceAll('|', '/');
}
