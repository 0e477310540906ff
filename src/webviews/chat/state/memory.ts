import type { VsCode } from '../../shared/connection';

/** What the document itself remembers while it is hidden: drafts and the place of reading. Everything else is the host's. */
export interface Memory {
	readonly draft: string;
	/** Absent: the reader is at the end and follows. */
	readonly scrollTop?: number;
	/** The last turn that was shown: where another one is the last, the place of reading is no longer the reader's. */
	readonly last?: string;
	readonly editing?: Editing;
	/** Long lines of code are wrapped. */
	readonly wrap?: true;
}

/** A question that is being written anew. */
export interface Editing {
	readonly turn: string;
	readonly text: string;
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
	const scrollTop = 'scrollTop' in state && typeof state.scrollTop === 'number' ? { scrollTop: state.scrollTop } : {};
	const last = 'last' in state && typeof state.last === 'string' ? { last: state.last } : {};
	const editing = 'editing' in state && isEditing(state.editing) ? { editing: state.editing } : {};
	return { draft, ...scrollTop, ...last, ...editing, ...wrap };
}

export function remember(vscode: VsCode, memory: Memory): void {
	vscode.setState(memory);
}

function isEditing(value: unknown): value is Editing {
	if (typeof value !== 'object' || value === null) return false;
	return 'turn' in value && typeof value.turn === 'string' && 'text' in value && typeof value.text === 'string';
}
