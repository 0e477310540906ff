import { l10n, window, type MessageItem, type MessageOptions } from 'vscode';
import { detailText, messageText, promptText } from './safeText';

type Show = (message: string, options: MessageOptions, ...items: MessageItem[]) => Thenable<MessageItem | undefined>;

/** Shows a notification; resolves to the button that was pressed. Links in the text do not work. */
export function showInformation<T extends string>(text: string, ...buttons: readonly T[]): Promise<T | undefined> {
	return shown(window.showInformationMessage, text, {}, buttons);
}

export function showWarning<T extends string>(text: string, ...buttons: readonly T[]): Promise<T | undefined> {
	return shown(window.showWarningMessage, text, {}, buttons);
}

export function showError<T extends string>(text: string, ...buttons: readonly T[]): Promise<T | undefined> {
	return shown(window.showErrorMessage, text, {}, buttons);
}

/** The same act; where it fails, `tell` hears why. */
export function orTold<A extends unknown[]>(
	act: (...given: A) => unknown,
	tell: (error: unknown) => void,
): (...given: A) => Promise<void> {
	return async (...given) => {
		try {
			await act(...given);
		} catch (error) {
			tell(error);
		}
	};
}

/** The same act; where it fails, `report` hears the error in full, and the person that the log has it. */
export function orSaid<A extends unknown[]>(
	act: (...given: A) => Promise<void>,
	report: (error: unknown) => void,
): (...given: A) => Promise<void> {
	return orTold(act, (error) => {
		report(error);
		void showError(l10n.t('That failed. See Keypool’s log for the reason.'));
	});
}

/** Asks in a modal dialog; `detail` can have several lines. */
export function askWarning<T extends string>(
	text: string,
	detail: string | undefined,
	...buttons: readonly T[]
): Promise<T | undefined> {
	return shown(window.showWarningMessage, text, modal(detail), buttons);
}

export function askInformation<T extends string>(
	text: string,
	detail: string | undefined,
	...buttons: readonly T[]
): Promise<T | undefined> {
	return shown(window.showInformationMessage, text, modal(detail), buttons);
}

/** Tells in a modal dialog, whose closing takes nothing back: in place of “Cancel” stands `close`. */
export function tellInDialog<T extends string>(
	text: string,
	detail: string,
	close: string,
	...buttons: readonly T[]
): Promise<T | undefined> {
	return shown(window.showInformationMessage, text, modal(detail), buttons, close);
}

function modal(detail: string | undefined): MessageOptions {
	return { modal: true, ...(detail !== undefined && { detail: detailText(detail) }) };
}

async function shown<T extends string>(
	show: Show,
	text: string,
	options: MessageOptions,
	buttons: readonly T[],
	close?: string,
): Promise<T | undefined> {
	const items = buttons.map((title) => ({ title: promptText(title) }));
	const closing = close === undefined ? [] : [{ title: promptText(close), isCloseAffordance: true }];
	const pressed = await show(messageText(text), options, ...items, ...closing);
	return pressed && buttons[items.findIndex((item) => item === pressed)];
}
