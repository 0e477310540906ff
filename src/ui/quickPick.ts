import { l10n, ThemeIcon, window, type QuickInputButton, type QuickPick, type QuickPickItem, type Uri } from 'vscode';
import { besideText, labelText, oneLine } from './safeText';

/** A row. Identify it by a property of your own, never by its label. */
export type PickItem = Omit<QuickPickItem, 'iconPath' | 'tooltip'> & {
	/** The name of one of VS Code's icons. */
	readonly icon?: string;
	/** What holds now: a sign for the eye, and a word for a screen reader. */
	readonly isCurrent?: boolean;
	/** The file that the row stands for: a recent VS Code shows its icon. */
	readonly resourceUri?: Uri;
};

export interface PickOptions {
	readonly title: string;
	readonly placeHolder?: string;
	readonly matchOnDescription?: boolean;
	readonly matchOnDetail?: boolean;
	readonly ignoreFocusOut?: boolean;
}

/** The chosen row; undefined if the list was closed. */
export async function pickOne<T extends PickItem>(
	items: readonly T[] | Promise<readonly T[]>,
	options: PickOptions,
): Promise<T | undefined> {
	const chosen = await window.showQuickPick(shownLater(items), shownOptions(options));
	return chosen?.item;
}

/** The chosen rows, maybe none; undefined if the list was closed. */
export async function pickSeveral<T extends PickItem>(
	items: readonly T[],
	options: PickOptions,
): Promise<readonly T[] | undefined> {
	const chosen = await window.showQuickPick(items.map(shownItem), { ...shownOptions(options), canPickMany: true });
	return chosen?.map(({ item }) => item);
}

/** A row as VS Code shows it, with the item that it was made from. */
export type Shown<T> = QuickPickItem & { readonly item: T };

/** A list whose rows and title change while it is open. Set them with these functions only. */
export interface OpenPick<T extends PickItem> {
	readonly pick: Omit<QuickPick<Shown<T>>, 'items' | 'title' | 'placeholder'>;
	/** Shows these rows, and returns them as VS Code has them. */
	readonly setItems: (items: readonly T[]) => readonly Shown<T>[];
	readonly setTitle: (title: string) => void;
	/** Opens it; resolves to what `of` makes of it once a person accepts, to undefined where they close it. */
	readonly show: <R>(of: () => R) => Promise<R | undefined>;
}

/** Not open yet: call `show`, of the pick where it does more than to be chosen from. */
export function createPick<T extends PickItem>(placeholder: string): OpenPick<T> {
	const pick = window.createQuickPick<Shown<T>>();
	pick.placeholder = oneLine(placeholder);
	return {
		pick,
		setItems: (items) => (pick.items = items.map(shownItem)),
		setTitle: (title) => (pick.title = oneLine(title)),
		show: (of) =>
			new Promise((resolve) => {
				pick.onDidAccept(() => {
					resolve(of());
					pick.hide();
				});
				pick.onDidHide(() => {
					resolve(undefined);
					pick.dispose();
				});
				pick.show();
			}),
	};
}

/** A button of a list, a row or a box. */
export function iconButton(icon: string, tooltip: string): QuickInputButton {
	return { iconPath: new ThemeIcon(icon), tooltip: oneLine(tooltip) };
}

async function shownLater<T extends PickItem>(items: readonly T[] | Promise<readonly T[]>): Promise<Shown<T>[]> {
	return (await items).map(shownItem);
}

function shownItem<T extends PickItem>(item: T): Shown<T> {
	const { label, detail, kind, picked, alwaysShow, buttons, resourceUri, isCurrent = false } = item;
	const icon = isCurrent ? 'check' : item.icon;
	const description = [item.description, isCurrent ? l10n.t('current') : ''].filter(Boolean).join(' · ');
	return {
		label: besideText(labelText(label)),
		...(description !== '' && { description: labelText(description) }),
		...(detail !== undefined && { detail: labelText(detail) }),
		...(icon !== undefined && { iconPath: new ThemeIcon(icon) }),
		...(kind !== undefined && { kind }),
		...(picked !== undefined && { picked }),
		...(alwaysShow !== undefined && { alwaysShow }),
		...(buttons !== undefined && { buttons }),
		...(resourceUri !== undefined && { resourceUri }),
		item,
	};
}

function shownOptions({ title, placeHolder, ...options }: PickOptions) {
	return {
		...options,
		title: oneLine(title),
		...(placeHolder !== undefined && { placeHolder: oneLine(placeHolder) }),
	};
}
