import type { VsCode } from '../../shared/connection';
import type { ChatState } from '../../protocol';
import type { Edits } from './edits';
import type { Follow } from './follow';
import type { Shown } from './model';

/** What the document itself remembers while it is hidden: drafts and the place of reading. Everything else is the host's. */
export interface Memory {
	readonly draft: string;
	/** Absent: the reader is at the end and follows. */
	readonly scrollTop?: number;
	/** The last turn that was shown: where another one is the last, the place of reading is no longer the reader's. */
	readonly last?: string;
	readonly edits?: Edits;
	readonly waiting?: Waiting;
	/** Long lines of code are wrapped. */
	readonly wrap?: true;
}

/** Questions that wait for their turn, and what goes along: they are the host's, and gone with its window. */
interface Waiting {
	readonly host: string;
	readonly texts: readonly string[];
	/** The names of what was to go along with each of them, and behind those with the draft. */
	readonly attached?: readonly (readonly string[])[];
	/** One of which the host had not said yet whether it took it. */
	readonly sending?: string;
}

/** What a document before this one remembered, of this version or an older one; nothing of before everything was erased. */
export function recall(vscode: VsCode, shown?: Shown): Memory {
	const state = vscode.getState();
	return isMemory(state) && !(shown && isErased(state.waiting?.host, shown)) ? state : { draft: '' };
}

/** Whether everything was erased since the host had this name. */
export function isErased(host: string | undefined, { isHostErased, host: now }: ChatState): boolean {
	return isHostErased === true && host !== now;
}

export interface Remembered extends Pick<Memory, 'draft'> {
	readonly edits: Edits;
	readonly follow: Pick<Follow, 'atEnd' | 'top'> | undefined;
	readonly isWrapped: boolean;
	readonly sending: string | undefined;
	readonly shown: Shown | undefined;
}

export function remember(vscode: VsCode, { draft, edits, follow, isWrapped, sending, shown }: Remembered): void {
	const last = shown?.turns.at(-1)?.id;
	const { queue = [], chips = [] } = shown?.panel ?? {};
	const texts = queue.map(({ text }) => text);
	const attached = [...queue.map(({ attachments }) => attachments), chips.map(({ label }) => label)];
	const memory: Memory = {
		draft,
		...(follow && !follow.atEnd && { scrollTop: follow.top }),
		...(last !== undefined && { last }),
		edits,
		...(shown && { waiting: { host: shown.host, texts, attached, ...(sending !== undefined && { sending }) } }),
		...(isWrapped && { wrap: true }),
	};
	vscode.setState(memory);
}

/** What the host of before knew alone. */
interface Lost {
	/** What waited for its turn when the window went, and was not asked since: the same may have been asked long before. */
	readonly texts: readonly string[];
	/** The names of what went along with those or with the draft: the words are there again, and it is not. */
	readonly attached: string;
}

export function lostWith({ waiting, last }: Memory, { host, turns }: Shown): Lost {
	if (!waiting || waiting.host === host) return { texts: [], attached: '' };
	const known = turns.findIndex(({ id }) => id === last);
	const since = known === -1 ? [] : turns.slice(known + 1);
	const isLost = (text: string | undefined): boolean => since.every(({ question }) => question.text !== text);
	const attached = waiting.attached?.filter((_, n) => isLost(waiting.texts[n])) ?? [];
	return { texts: waiting.texts.filter(isLost), attached: attached.flat().join(', ') };
}

/** What was being sent as the document went, where its host is here still: it is sent again. */
export function unanswered(
	{ waiting, draft, edits = {} }: Memory,
	{ host }: Shown,
): 'draft' | readonly [turn: string, text: string] | undefined {
	const sending = waiting?.host === host ? waiting.sending : undefined;
	return sending === draft ? 'draft' : Object.entries(edits).find(([, text]) => text === sending);
}

/** Whether both are remembered in the same way: what is typed and read is remembered as it changes. */
export function isRememberedAlike(before: Shown | undefined, after: Shown | undefined): boolean {
	const told = (shown: Shown | undefined) =>
		JSON.stringify([shown?.turns.at(-1)?.id, shown?.panel.queue, shown?.panel.chips]);
	return told(before) === told(after);
}

/** Only these documents write it. */
function isMemory(state: unknown): state is Memory {
	return typeof state === 'object' && state !== null && 'draft' in state && typeof state.draft === 'string';
}
