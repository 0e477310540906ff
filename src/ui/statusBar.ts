import { StatusBarAlignment, window, type StatusBarItem } from 'vscode';
import { labelText } from './safeText';

/** An item of the status bar. Set its text with `setText` only. */
export interface StatusItem {
	readonly item: Omit<StatusBarItem, 'text'>;
	/** @param icon the name of one of VS Code's icons */
	readonly setText: (icon: string, text: string) => void;
}

export function createStatusItem(id: string, priority: number): StatusItem {
	const item = window.createStatusBarItem(id, StatusBarAlignment.Right, priority);
	return { item, setText: (icon, text) => (item.text = `$(${icon}) ${labelText(text)}`) };
}

/** Shows a text in the status bar for 20 s. */
export function showBriefly(text: string): void {
	window.setStatusBarMessage(labelText(text), 20_000);
}
