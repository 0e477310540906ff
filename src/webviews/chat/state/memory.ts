import type { VsCode } from '../../shared/connection';

/** What the document itself remembers while it is hidden: a draft and the place of reading. Everything else is the host's. */
export interface Memory {
	readonly draft: string;
	/** Absent: the reader is at the end and follows. */
	readonly scrollTop?: number;
	/** Long lines of code are wrapped. */
	readonly wrap?: true;
}

/** UTF-16 units. */
const maxDraft = 1_000_000;

export function recall(vscode: VsCode): Memory {
	const state = vscode.getState();
	if (typeof state !== 'object' || state === null) {
		return { draft: '' };
	}
	const wrap = 'wrap' in state && state.wrap === true ? { wrap: true as const } : {};
	const draft = 'draft' in state && typeof state.draft === 'string' ? state.draft.slice(0, maxDraft) : '';
	return 'scrollTop' in state && typeof state.scrollTop === 'number'
		? { draft, scrollTop: state.scrollTop, ...wrap }
		: { draft, ...wrap };
}

export function remember(vscode: VsCode, memory: Memory): void {
	vscode.setState(memory);
}
