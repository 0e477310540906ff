import * as vscode from 'vscode';
import { oneLine } from '../../ui/safeText';
import type { Excerpt } from '../context/excerpt';

/** Characters of a symbol's name, which can be a whole sentence: a JSON file may have any. */
const maxName = 80;

/** Names the part of the document that a command is about. */
export function whichCode({ kind, name }: Excerpt): string {
	switch (kind) {
		case 'selection':
			return vscode.l10n.t('the selected code');
		case 'symbol':
			return vscode.l10n.t('“{0}”, where the cursor is', oneLine(name ?? '', maxName));
		case 'visible':
			return vscode.l10n.t('the lines that are visible in the editor');
	}
}
