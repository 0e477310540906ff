import { countdown, filled } from '../../shared/format';
import { isRunning, runningTurn, waitOf, type Shown } from '../state/model';
import { waitTitle } from './cards';

/** UTF-16 units of an answer that are read aloud when it is done. */
const maxAloud = 5_000;

/**
 * What is read aloud of a change: an answer once, when it has ended, never token by token, and what it waits for, when it
 * begins to; undefined where neither is new.
 * @param read turns Markdown into what it says: its signs are no words
 */
export function announcementOf(
	before: Shown | undefined,
	after: Shown | undefined,
	read: (markdown: string) => DocumentFragment,
): string | undefined {
	return endOf(before, after, read) ?? waitFor(before, after);
}

function endOf(
	before: Shown | undefined,
	after: Shown | undefined,
	read: (markdown: string) => DocumentFragment,
): string | undefined {
	const ran = before && runningTurn(before);
	const ended = ran && after?.turns.find(({ id }) => id === ran.id);
	if (!ended || isRunning(ended.answer)) {
		return undefined;
	}
	const { answer, text } = ended;
	switch (answer.state) {
		case 'done':
			return [filled(after?.strings.answered ?? '', read(text.slice(0, maxAloud)).textContent.trim()), answer.note]
				.filter(Boolean)
				.join(' ');
		case 'stopped':
			return answer.note;
		case 'failed':
			return `${answer.error.text} ${answer.error.remedy ?? ''}`;
		case 'waiting':
		case 'streaming':
		case 'elsewhere':
			return undefined;
	}
}

function waitFor(before: Shown | undefined, after: Shown | undefined): string | undefined {
	const running = after && runningTurn(after);
	const wait = running && waitOf(running.answer);
	if (!wait) return undefined;
	const known = before?.turns.find(({ id }) => id === running.id);
	const old = known && waitOf(known.answer);
	if (old?.key === wait.key && old.model === wait.model) return undefined;
	const next = filled(after.strings.tryingAgain, countdown(wait.inMs));
	return `${waitTitle(wait, after.strings)}: ${wait.reason}, ${next}`;
}
