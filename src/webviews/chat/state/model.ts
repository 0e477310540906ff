import type { AnswerView, ChatChange, ChatEvent, ChatState, TurnView } from '../../protocol';

/** A turn as the document holds it. Text and thoughts grow; `generation` tells that they began anew. */
export interface ShownTurn extends TurnView {
	readonly generation: number;
	/** When `answer` arrived, ms since 1970 by this machine: countdowns start here, and go on while it sleeps. */
	readonly arrivedAt: number;
}

export interface Shown extends Omit<ChatState, 'turns'> {
	readonly turns: readonly ShownTurn[];
}

export interface Model {
	readonly rev: number;
	readonly shown: Shown | undefined;
}

export const nothing: Model = { rev: 0, shown: undefined };

/** The model after an event; undefined when events were lost and the whole state must be asked for. */
export function received(model: Model, event: ChatEvent, now: number): Model | undefined {
	if (event.type === 'state') {
		const old = new Map(model.shown?.turns.map((turn) => [turn.id, turn]));
		const turns = event.state.turns.map((turn) => arrived(turn, old.get(turn.id), now));
		return { rev: event.rev, shown: { ...event.state, turns } };
	}
	if (!model.shown || event.rev !== model.rev + 1) {
		return undefined;
	}
	return {
		rev: event.rev,
		shown: event.changes.reduce((shown, change) => changed(shown, change, now), model.shown),
	};
}

export function isRunning(answer: AnswerView): boolean {
	return answer.state === 'waiting' || answer.state === 'streaming';
}

/** More of it may come, from here or from another window. */
export function isGrowing(answer: AnswerView): boolean {
	return isRunning(answer) || answer.state === 'elsewhere';
}

/** At most one answer runs. */
export function runningTurn(shown: Shown): ShownTurn | undefined {
	return shown.turns.find((turn) => isRunning(turn.answer));
}

/** What is being waited for in a turn. */
export function waitOf(answer: AnswerView) {
	if (answer.state === 'streaming') {
		return answer.wait;
	}
	return answer.state === 'waiting' && answer.step === 'queued' ? answer.wait : undefined;
}

function changed(shown: Shown, change: ChatChange, now: number): Shown {
	switch (change.type) {
		case 'panel':
			return { ...shown, panel: change.panel };
		// Answers to what the page asked, or things to do: no part of what is shown.
		case 'toEnd':
		case 'offered':
		case 'picture':
			return shown;
		case 'turn': {
			const old = shown.turns.find(({ id }) => id === change.turn.id);
			const turn = arrived(change.turn, old, now);
			return old ? withTurn(shown, turn.id, () => turn) : { ...shown, turns: [...shown.turns, turn] };
		}
		case 'append':
			return withTurn(shown, change.turn, (turn) => ({ ...turn, text: turn.text + change.text }));
		case 'appendThoughts':
			return withTurn(shown, change.turn, (turn) => ({ ...turn, thoughts: (turn.thoughts ?? '') + change.text }));
		case 'grounding':
			return withTurn(shown, change.turn, (turn) => ({ ...turn, grounding: change.grounding }));
		case 'retract':
			return withTurn(shown, change.turn, begunAnew);
		case 'answer':
			return withTurn(shown, change.turn, (turn) => ({ ...turn, answer: change.state, arrivedAt: now }));
	}
}

function withTurn(shown: Shown, id: string, next: (turn: ShownTurn) => ShownTurn): Shown {
	return { ...shown, turns: shown.turns.map((turn) => (turn.id === id ? next(turn) : turn)) };
}

/** A text that only goes on keeps what is drawn. */
function arrived(turn: TurnView, old: ShownTurn | undefined, now: number): ShownTurn {
	const goesOn =
		old === undefined || (turn.text.startsWith(old.text) && (turn.thoughts ?? '').startsWith(old.thoughts ?? ''));
	return {
		...turn,
		arrivedAt: now,
		generation: (old?.generation ?? 0) + (goesOn ? 0 : 1),
	};
}

function begunAnew({ thoughts: _, grounding: __, ...turn }: ShownTurn): ShownTurn {
	return { ...turn, text: '', generation: turn.generation + 1 };
}
