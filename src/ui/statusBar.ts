import { StatusBarAlignment, window, type StatusBarItem } from 'vscode';
import { labelText } from './safeText';

/** An item of the status bar; its text goes in by `say` alone. */
export interface StatusItem {
	readonly item: Omit<StatusBarItem, 'text'>;
	/** @param icon one of VS Code's icons by its name */
	readonly setText: (icon: string, text: string) => void;
}

export function createStatusItem(id: string, priority: number): StatusItem {
	const item = window.createStatusBarItem(id, StatusBarAlignment.Right, priority);
	return { item, setText: (icon, text) => (item.text = `$(${icon}) ${labelText(text)}`) };
}

/** Says something in the status bar for so many ms. */
export function showBriefly(text: string, ms: number): void {
	window.setStatusBarMessage(labelText(text), ms);
}
