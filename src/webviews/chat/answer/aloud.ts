import { filled } from '../../shared/format';
import { isRunning, runningTurn, type Shown } from '../state/model';

/** UTF-16 units of an answer that are read aloud when it is done. */
const maxAloud = 5_000;

/** What is read aloud of a change: an answer once, when it has ended, never token by token; undefined where none has. */
export function announcementOf(before: Shown | undefined, after: Shown | undefined): string | undefined {
	const ran = before && runningTurn(before);
	const ended = ran && after?.turns.find(({ id }) => id === ran.id);
	if (!ended || isRunning(ended.answer)) {
		return undefined;
	}
	const { answer, text } = ended;
	switch (answer.state) {
		case 'done':
			return filled(after?.strings.answered ?? '', text.slice(0, maxAloud));
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
