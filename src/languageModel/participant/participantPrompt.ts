import { fenced, type FilePiece } from '../../common/fenced';
import type { Content, Prompt, Turn } from '../../gemini/gemini';
import { codeWish, type CodeWish } from '../../localization/codeWishes';
import type { Translate } from '../../localization/words';

export const commandNames: readonly CodeWish[] = ['explain', 'fix', 'tests'];

/** A question of the chat, as it is asked. */
export interface Question {
	readonly command: CodeWish | undefined;
	/** What the person wrote. */
	readonly text: string;
	readonly pieces: readonly FilePiece[];
	/** Texts that go along and are of no file. */
	readonly texts: readonly string[];
	readonly images: readonly { readonly mimeType: string; readonly data: string }[];
}

/** An earlier question and its answer. */
export interface Exchange {
	readonly question: string;
	readonly answer: string;
}

/** UTF-16 units of earlier exchanges that go along, the newest first: what a model reads with ease. */
const maxHistory = 400_000;

export function participantPrompt(history: readonly Exchange[], question: Question, t: Translate): Prompt {
	const { command, text, pieces, texts, images } = question;
	const words = [command && codeWish(command, t), text, ...texts, ...pieces.map(fenced)].filter(Boolean).join('\n\n');
	const content: readonly Content[] = [
		...(words === '' ? [] : [{ type: 'text', text: words } as const]),
		...images.map((image) => ({ type: 'image', ...image }) as const),
	];
	return { turns: [...recent(history).flatMap(turnsOf), { role: 'user', content }] };
}

/** What the person asked, as the history repeats it. */
export function askedIn(command: string | undefined, text: string, t: Translate): string {
	const known = commandNames.find((name) => name === command);
	return [known && codeWish(known, t), text].filter(Boolean).join('\n\n');
}

function turnsOf({ question, answer }: Exchange): readonly Turn[] {
	return [
		{ role: 'user', content: [{ type: 'text', text: question }] },
		{ role: 'model', content: [{ type: 'text', text: answer }] },
	];
}

/** How many exchanges do not go along, because there is too much in all. */
export function omittedOf(history: readonly Exchange[]): number {
	let left = maxHistory;
	return complete(history).findLastIndex(({ question, answer }) => (left -= question.length + answer.length) < 0) + 1;
}

/** Whole exchanges, oldest left out first. */
function recent(history: readonly Exchange[]): readonly Exchange[] {
	return complete(history).slice(omittedOf(history));
}

/** Those without words on both sides are none. */
function complete(history: readonly Exchange[]): readonly Exchange[] {
	return history.filter(({ question, answer }) => question !== '' && answer !== '');
}
