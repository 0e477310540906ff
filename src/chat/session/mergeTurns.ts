import { seen } from '../model/answer';
import type { Conversation, Turn } from '../model/conversation';

/**
 * What is on screen, brought up to what is stored: windows ask, ask again and drop in one conversation, and each stores
 * what it does at once. What could not be stored stays. The same conversation where nothing differs.
 *
 * @param isUnsaved of a turn; without one, of title and options
 */
export function mergeTurns(
	ours: Conversation,
	stored: Conversation,
	isUnsaved: (turn?: string) => boolean,
): Conversation {
	const own = new Map(ours.turns.map((turn) => [turn.id, turn]));
	const kept = ours.turns.filter(({ id }) => isUnsaved(id));
	const unsaved = new Set(kept.map(({ id }) => id));
	const others = stored.turns.filter(({ id }) => !unsaved.has(id));
	const turns = [...others, ...kept]
		.sort((a, b) => a.askedAt - b.askedAt || (a.id < b.id ? -1 : 1))
		.map((turn) => {
			const known = own.get(turn.id);
			return known && says(known) === says(turn) ? known : turn;
		});
	const same = turns.length === ours.turns.length && turns.every((turn, i) => turn === ours.turns[i]);
	const about = isUnsaved() ? ours : stored;
	return same && describes(about) === describes(ours) ? ours : { ...about, turns: same ? ours.turns : turns };
}

/** The conversation with the answers that come in other windows marked, and no others. */
export function marked(conversation: Conversation, remoteTurns: readonly string[]): Conversation {
	const turns = conversation.turns.map((turn) => {
		const answer = seen(turn.answer, remoteTurns.includes(turn.id));
		return answer === turn.answer ? turn : { ...turn, answer };
	});
	return turns.some((turn, i) => turn !== conversation.turns[i]) ? { ...conversation, turns } : conversation;
}

/** The turns that differ, where nothing else does; undefined where more does. */
export function changedTurns(before: Conversation, now: Conversation): readonly Turn[] | undefined {
	const sameTurns =
		before.turns.length === now.turns.length && before.turns.every(({ id }, i) => id === now.turns[i]?.id);
	return sameTurns && describes(before) === describes(now)
		? now.turns.filter((turn, i) => turn !== before.turns[i])
		: undefined;
}

/** What tells two versions of a turn apart. */
function says({ question, answer, omitted }: Turn): string {
	const { state, text, thoughts, grounding } = seen(answer, false);
	const ms = 'summary' in answer ? answer.summary.ms : 0;
	return JSON.stringify([question.text, state, text, thoughts, grounding, ms, omitted]);
}

/** Title and options, to compare. */
function describes({ title, options }: Conversation): string {
	return JSON.stringify([title, Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
