import type { ChatChange } from '../../webviews/protocol';
import type { Answer, Content } from '../model/answer';
import type { Turn } from '../model/conversation';

/** What a view must redraw. Text comes as it grows; everything else as the answer's new state. */
export type ChatSessionChange =
	| { readonly type: 'conversation' }
	/** Title or options. */
	| { readonly type: 'about' }
	| { readonly type: 'turn'; readonly turn: Turn }
	| { readonly type: 'answer'; readonly turn: string; readonly answer: Answer }
	| ContentChange;

/** Goes to the document as it is. */
type ContentChange = Extract<ChatChange, { type: 'append' | 'appendThoughts' | 'grounding' | 'retract' }>;

/** What has come of an answer since, or that what had come is void. */
export function contentChanges(turn: string, old: Content, now: Content): readonly ContentChange[] {
	const [before, after] = [old.thoughts ?? '', now.thoughts ?? ''];
	const isVoid = (now.text === '' && old.text !== '') || (after === '' && before !== '');
	const from = isVoid ? { text: '', thoughts: '' } : { text: old.text, thoughts: before };
	return [
		...(isVoid ? [{ type: 'retract', turn } as const] : []),
		...(after.length > from.thoughts.length
			? [{ type: 'appendThoughts', turn, text: after.slice(from.thoughts.length) } as const]
			: []),
		...(now.text.length > from.text.length
			? [{ type: 'append', turn, text: now.text.slice(from.text.length) } as const]
			: []),
		...(now.grounding && (isVoid || now.grounding !== old.grounding)
			? [{ type: 'grounding', turn, grounding: now.grounding } as const]
			: []),
	];
}

/** Whether a view shows both in the same way, but for their content. */
export function sameState(old: Answer, now: Answer): boolean {
	if (old.state === 'streaming' && now.state === 'streaming') return !old.wait && !now.wait;
	return old.state === 'waiting' && now.state === 'waiting' && old.step === 'thinking' && now.step === 'thinking';
}
