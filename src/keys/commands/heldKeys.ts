import { l10n } from 'vscode';
import type { LearningMasker } from '../../masking/masking';
import { askWarning } from '../../ui/messages';

/** Lines that are listed; the rest is counted. */
const maxNamed = 10;

/** Asks before a prompt sends one of the user's own keys. */
export interface HeldKeys {
	/**
	 * False if a text holds one of the keys and the user does not want to send it.
	 *
	 * @param by an extension that asks, by name; empty for the editor's own chat. Their requests side by side share one question
	 */
	mayBeSent(texts: readonly string[], by?: string): Promise<boolean>;
	/** As `mayBeSent`, for the prompts of a file: the question names the lines. */
	mayLinesBeSent(
		file: string,
		lines: readonly {
			readonly line: number;
			readonly texts: readonly string[];
		}[],
	): Promise<boolean>;
	/** The keys that a text holds: an answer that repeats them comes without. */
	keysIn(text: string): readonly string[];
}

export function askAboutHeldKeys({ holdsKey, keysIn }: Pick<LearningMasker, 'holdsKey' | 'keysIn'>): HeldKeys {
	const open = new Map<string, Promise<boolean>>();
	return {
		keysIn,
		mayBeSent: async (texts, by) => {
			if (!texts.some(holdsKey)) return true;
			if (by === undefined) return confirm(inWords());
			const asking = open.get(by) ?? confirm(inWords(by)).finally(() => open.delete(by));
			open.set(by, asking);
			return asking;
		},
		mayLinesBeSent: async (file, lines) => {
			const found = lines.filter(({ texts }) => texts.some(holdsKey)).map(({ line }) => line);
			return found.length === 0 || confirm(describeLines(file, found));
		},
	};
}

function inWords(by = ''): string {
	return by === ''
		? l10n.t('This question, or an attachment, contains one of your own Gemini keys. Send it?')
		: l10n.t('Requests of {0} contain one of your own Gemini keys. Send them?', by);
}

function describeLines(file: string, [first = 0, ...others]: readonly number[]): string {
	if (others.length === 0) return l10n.t('{0}, line {1} contains one of your own Gemini keys. Send it?', file, first);
	const named = [first, ...others].slice(0, maxNamed).join(', ');
	const more = 1 + others.length - maxNamed;
	return more > 0
		? l10n.t('{0}: lines {1} and {2} more contain your own Gemini keys. Send them?', file, named, more)
		: l10n.t('{0}: lines {1} contain your own Gemini keys. Send them?', file, named);
}

async function confirm(question: string): Promise<boolean> {
	const send = l10n.t('Send Anyway');
	const detail = l10n.t(
		'Anyone who reads the prompt gets the key, and on unpaid quota people at Google may read it. Nothing has been sent yet.',
	);
	return (await askWarning(question, detail, send)) === send;
}
