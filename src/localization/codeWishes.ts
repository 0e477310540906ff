import type { Translate } from './userMessage';

/** What a short command asks of code, in the chat view and in VS Code's own chat. */
export type CodeWish = 'explain' | 'fix' | 'tests';

/** The command as a sentence for the model; the code goes along. */
export function codeWish(wish: CodeWish, t: Translate): string {
	switch (wish) {
		case 'explain':
			return t('Explain this code.');
		case 'fix':
			return t('Find what is wrong with this code and fix it. Give the whole corrected code.');
		case 'tests':
			return t('Write tests for this code.');
	}
}
