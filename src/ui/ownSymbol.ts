import { Uri } from 'vscode';

/** Keypool's own symbol, where an icon has a colour for each theme. */
export function ownSymbol(extensionUri: Uri): { readonly light: Uri; readonly dark: Uri } {
	const icon = (theme: string): Uri => Uri.joinPath(extensionUri, 'media', `keypool-${theme}.svg`);
	return { light: icon('light'), dark: icon('dark') };
}
