import * as vscode from 'vscode';
import type { Excerpt } from './excerpt';

/** Names the part of the document that a command is about. */
export function whichCode({ kind, name }: Excerpt): string {
	switch (kind) {
		case 'selection':
			return vscode.l10n.t('the selected code');
		case 'symbol':
			return vscode.l10n.t('“{0}”, where the cursor is', name ?? '');
		case 'visible':
			return vscode.l10n.t('the lines that are visible in the editor');
	}
}
