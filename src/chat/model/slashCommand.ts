import { codeWish } from '../../localization/codeWishes';
import type { Translate } from './wording';

const slashNames = ['explain', 'fix', 'tests', 'doc', 'commit'] as const;
export type SlashName = (typeof slashNames)[number];

export interface SlashCommand {
	readonly name: SlashName;
	/** What the person wrote after the command. */
	readonly rest: string;
}

/** The command at the beginning of a question; undefined where there is none of ours. */
export function slashCommandIn(text: string): SlashCommand | undefined {
	const [, word, rest = ''] = /^\s*\/([a-z]+)(?:\s([\s\S]*))?$/.exec(text) ?? [];
	const name = slashNames.find((known) => known === word);
	return name && { name, rest: rest.trim() };
}

/** What the model is asked; the code goes along. */
export function questionOf({ name, rest }: SlashCommand, t: Translate): string {
	const wish = wishOf(name, t);
	return rest === '' ? wish : `${wish}\n\n${rest}`;
}

/** What a command does, for the list of them. */
export function slashDescriptions(t: Translate): readonly { readonly name: string; readonly description: string }[] {
	const descriptions: Readonly<Record<SlashName, string>> = {
		explain: t('Explain the code'),
		fix: t('Find what is wrong with the code and fix it'),
		tests: t('Write tests for the code'),
		doc: t('Document the code'),
		commit: t('Write a commit message for the changes'),
	};
	return slashNames.map((name) => ({ name, description: descriptions[name] }));
}

function wishOf(name: SlashName, t: Translate): string {
	switch (name) {
		case 'explain':
		case 'fix':
		case 'tests':
			return codeWish(name, t);
		case 'doc':
			return t('Document this code with comments in the usual style of its language. Give the whole code.');
		case 'commit':
			return t('Write a commit message for these changes: a short first line, then what and why.');
	}
}
