import type { HeldCause } from '../pool/pool';
import type { Translate } from './userMessage';

/** Who asked, as people call it. What a program calls itself is untrusted text. */
export function clientInWords(client: string, t: Translate): string {
	switch (client) {
		case 'chat':
			return t('chat');
		case 'palette':
			return t('command palette');
		case 'selection':
			return t('editor');
		case 'batch':
			return t('batch file');
		case 'participant':
			return '@keypool';
		case 'lm:core':
			return t('VS Code’s chat');
		case 'lm:':
			return t('an unknown extension');
		default:
			// An extension is called by its id, which it cannot choose freely.
			return client.replace(/^lm:/, '');
	}
}

/** Why a client is held, as in "it …". */
export function causeInWords(cause: HeldCause, t: Translate): string {
	return cause === 'tenfoldHour'
		? t('spent ten times as much as in its usual hour')
		: t('repeated one tool call twenty times');
}
