import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { root } from '../../../scripts/vscode/host';
import { Menu } from './menu';
import { appears, opens, succeeds, twoFrames, until } from './until';

const extensionId = 'keypool.keypool-gemini';

/** While it is open: for a moment after that VS Code still draws it, and what is typed into it then is lost. */
const quickInputWidget = '.quick-input-widget:visible:not(.quick-input-widget-closing)';

/** One VS Code window, driven as a user would. Each act waits for what it needs and for what it causes; none sleeps. */
export class Window {
	/** Uncaught errors of the page, oldest first. */
	readonly errors: string[] = [];
	private readonly menu: Menu;

	constructor(
		readonly page: Page,
		private readonly address: string,
	) {
		this.menu = new Menu(page);
		page.on('pageerror', (error) => {
			const text = error.stack ?? error.message;
			if (!isOfVsCode(text)) this.errors.push(text);
		});
	}

	/** Opens the window, or opens it anew as "Reload Window" does. */
	async load(): Promise<void> {
		await this.page.goto(this.address);
		await this.activated();
	}

	async reload(): Promise<void> {
		await this.page.reload();
		await this.activated();
	}

	private async activated(): Promise<void> {
		await this.page.locator('.monaco-workbench .statusbar').waitFor();
		// Ours comes when the extension has been activated; before that the palette does not know its commands.
		await this.statusBarItem('keypool.status').waitFor();
	}

	/** Presses keys as Playwright names them: `Control+Shift+P`, `Enter`. */
	press(...keys: readonly string[]): Promise<void> {
		return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
	}

	/** Types into whatever has the focus. */
	type(text: string): Promise<void> {
		return this.page.keyboard.type(text);
	}

	/** Runs a command from the palette by its whole title, such as `Keypool: Ask…`. */
	async palette(title: string): Promise<void> {
		const row = this.quickPick(title).first();
		const focused = this.focusedPick(title);
		// The list does not learn of a command that comes to be offered while it is open; and what was open before can take
		// the list with it as it closes: the key is then not for what stands behind.
		await until(`the run of ${title}`, async () => {
			await this.openQuickInput('F1', `>${title}`);
			const offered = await appears(row);
			// Another command may match better.
			for (let down = 0; offered && down < 5 && !(await focused.isVisible()); down++) await this.press('ArrowDown');
			if (!offered || !(await appears(focused))) {
				await this.press('Escape');
				return false;
			}
			const isPressed = await succeeds(this.quickInput.press('Enter', { timeout: 3_000 }));
			return isPressed && succeeds(focused.waitFor({ state: 'hidden', timeout: 5_000 }));
		});
		// What is typed next belongs to what the command opens, and no picture shows the list as it fades.
		await this.page.locator('.quick-input-widget-closing').waitFor({ state: 'hidden' });
	}

	/** Runs a command that asks for one line, and answers it. */
	async paletteInput(title: string, text: string): Promise<void> {
		await this.paletteOpens(title, this.quickInput);
		await this.answerInput(text);
	}

	/**
	 * Runs a command that opens a quick input, until that shows `shown`: again where the key was lost, or where a focus that
	 * was on its way elsewhere has closed what had opened.
	 */
	paletteOpens(title: string, shown: Locator): Promise<void> {
		return opens(shown, () => this.palette(title));
	}

	/** Whether the palette offers a command by this title: it does not learn of one that comes while it is open. */
	async offers(title: string): Promise<boolean> {
		await this.openQuickInput('F1', `>${title}`);
		const isOffered = await appears(this.quickPick(title).first(), 1_500);
		await this.press('Escape');
		return isOffered;
	}

	/** Opens a quick input and fills it; again where a focus that was still on its way has closed it. */
	async openQuickInput(key: string, text: string): Promise<void> {
		await until(`the quick input on ${key}`, async () => {
			await this.press(key);
			return succeeds(this.fillQuickInput(text, 3_000));
		});
	}

	/**
	 * Puts a text into the open quick input, as a paste does. Not by keys, which go to whatever has the focus by then: a focus
	 * that was on its way to the editor has typed it into the file.
	 */
	async fillQuickInput(text: string, timeout = 30_000): Promise<void> {
		await this.quickInput.focus({ timeout });
		await this.quickInput.evaluate((box, value) => void Reflect.set(box, 'value', value), text, { timeout });
		await this.quickInput.dispatchEvent('input', { bubbles: true }, { timeout });
	}

	/** The text box of the quick input (palette, input boxes, picks) while it is open. */
	get quickInput(): Locator {
		return this.page.locator(`${quickInputWidget} .quick-input-filter input`);
	}

	/** The title of the open quick input, where it holds `text`. */
	quickInputTitle(text: string): Locator {
		return this.page.locator(`${quickInputWidget} .quick-input-title`, { hasText: text });
	}

	/** Rows of the open quick pick that hold `text`. */
	quickPick(text: string): Locator {
		return this.page.locator(`${quickInputWidget} .quick-input-list .monaco-list-row`, { hasText: text });
	}

	/** The row that Enter would choose, where it holds `text`. */
	focusedPick(text: string): Locator {
		return this.page.locator(`${quickInputWidget} .monaco-list-row.focused`, { hasText: text });
	}

	/**
	 * Types into the open input box and accepts it. A box is filled anew a moment after it opens, and a focus that is still on
	 * its way elsewhere takes the key with it: what the box took is looked at.
	 */
	async answerInput(text: string): Promise<void> {
		const focused = this.quickInput.and(this.page.locator(':focus'));
		const refused = this.page.locator(`${quickInputWidget} .monaco-inputbox.error`);
		const holds = async (): Promise<boolean> => {
			await this.page.evaluate(twoFrames);
			const texts = await this.quickInput.evaluateAll((boxes) =>
				boxes.map((box): unknown => Reflect.get(box, 'value')),
			);
			return texts.includes(text);
		};
		await until('the text in the input box', async () => {
			const isFilled = await succeeds(this.fillQuickInput(text, 10_000));
			if (!isFilled || !(await holds()) || !(await focused.isVisible())) return false;
			await this.quickInput.press('Enter');
			// One that refuses the text keeps it, and the focus. One that still judges it would be closed by what is done next.
			const begun = performance.now();
			const ms = (): number => performance.now() - begun;
			while (ms() < 3_000 || (ms() < 20_000 && !(await refused.isVisible()))) if (!(await holds())) return true;
			return focused.isVisible();
		});
	}

	/** Accepts what the open quick input proposes, until that has closed; `shown` is a part of it, and of none that follows. */
	async accept(shown: Locator): Promise<void> {
		await shown.waitFor();
		await until('the choice to be taken', async () => {
			if (await shown.isVisible()) await succeeds(this.quickInput.press('Enter', { timeout: 3_000 }));
			return succeeds(shown.waitFor({ state: 'hidden', timeout: 5_000 }));
		});
	}

	/** A status bar item of ours by its id, such as `keypool.status`. */
	statusBarItem(id: string): Locator {
		return this.page.locator(`[id="${extensionId}.${id}"]`);
	}

	/** Opens our container in the side bar. */
	async openContainer(container = 'keypool'): Promise<void> {
		const shown = this.page.locator(`[id="workbench.view.extension.${container}"]`);
		const icon = `.activitybar .action-item:has(.action-label[class*="view-extension-${container}"])`;
		// A click on the icon of what has just been opened closes it.
		await opens(shown, async () => {
			if (!(await shown.isVisible())) await this.page.locator(icon).click();
		});
	}

	/** Points at something until its hover shows `shown`; again where that was old, or went with a row that moved. */
	async hover(over: Locator, shown: Locator): Promise<void> {
		await until('the hover', async () => {
			await this.page.mouse.move(800, 600);
			await over.hover();
			return appears(shown);
		});
	}

	/** Points at nothing until no hover is shown: one whose row moved away under the pointer stays until that moves again. */
	async noHover(): Promise<void> {
		const { mouse } = this.page;
		await until('the end of the hover', async () => {
			await mouse.move(800, 600);
			await mouse.move(900, 600);
			return succeeds(this.page.locator('.workbench-hover:visible').waitFor({ state: 'hidden', timeout: 3_000 }));
		});
	}

	/** As on a system that is set to high contrast: VS Code follows it. */
	async inHighContrast(): Promise<void> {
		await this.page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
		await this.page.locator('.monaco-workbench.hc-black').waitFor();
	}

	/** As on a system that no longer is. */
	async outOfHighContrast(): Promise<void> {
		await this.page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });
		await this.page.locator('.monaco-workbench:not(.hc-black)').waitFor();
	}

	/** Chooses a colour theme of VS Code's own by its name in the list; `shell`: the class of a workbench that wears it. */
	async wear(name: string, shell: string): Promise<void> {
		const theme = this.focusedPick(name);
		await opens(theme, async () => {
			await this.paletteOpens('Preferences: Color Theme', this.quickInput);
			await succeeds(this.fillQuickInput(name, 3_000));
		});
		await this.accept(theme);
		await this.page.locator(`.monaco-workbench.${shell}`).waitFor();
	}

	/** The section of a view in the side bar, by its name there. */
	view(name: string): Locator {
		return this.page.locator('.pane', { has: this.page.locator(`.pane-header[aria-label^="${name}"]`) });
	}

	/** Rows of a tree view; their `aria-label` is what a screen reader speaks. */
	treeRows(name: string): Locator {
		return this.view(name).locator('.monaco-list-row');
	}

	/** The document of our webview that is shown: of the chat's view, or of the dashboard's tab. */
	webview(which: 'view' | 'tab' = 'view'): FrameLocator {
		const view = '[src*="purpose=webviewView"]';
		return this.page
			.frameLocator(
				`iframe.webview.ready[src*="extensionId=${extensionId}"]${which === 'view' ? view : `:not(${view})`}`,
			)
			.frameLocator('#active-frame');
	}

	/** Notifications on screen that hold `text`: toasts or, once those were asked for, all that there are. */
	notification(text: string): Locator {
		// A list that was opened empty keeps what came into it after it has been closed, unseen.
		return this.page.locator('.notification-list-item:visible', { hasText: text });
	}

	/** Waits for a notification. Where many come at once VS Code shows no toast, only the dot on its bell. */
	async notice(text: string): Promise<Locator> {
		const item = this.notification(text).first();
		if (!(await appears(item, 5_000))) await this.palette('Notifications: Show Notifications');
		await item.waitFor();
		return item;
	}

	/** Presses a button of a notification, which goes away by that. While a toast slides in, VS Code can lose a click. */
	async pressOnNotification(text: string, name: string): Promise<void> {
		for (let lost = 0; lost < 3; lost++) {
			const item = await this.notice(text);
			// A toast that hides by itself in that moment is in the list of all.
			const clicked = await succeeds(item.getByRole('button', { name }).click({ timeout: 10_000 }));
			if (clicked && (await succeeds(item.waitFor({ state: 'hidden', timeout: 5_000 })))) return;
		}
		throw new Error(`The notification “${text}” does not take “${name}”.`);
	}

	/** Lines on screen of the output channel that is shown, which hold `text`. */
	outputLines(text: string): Locator {
		return this.page.locator('.output-view .view-line', { hasText: text });
	}

	/** The button of a modal dialog. */
	dialogButton(text: string): Locator {
		return this.page.locator('.monaco-dialog-box .monaco-button', { hasText: text });
	}

	/** Opens a file of the workspace by its name and puts the cursor into it. */
	async openFile(name: string): Promise<void> {
		const tab = this.page.locator(`.tab.active[data-resource-name="${path.basename(name)}"]`);
		await opens(tab, async () => {
			await this.openQuickInput('Control+P', name);
			// The list of before, recent files, stands until the new one has come.
			if (await appears(this.focusedPick(name), 10_000)) await this.accept(this.focusedPick(name));
		});
		await this.page.locator('.editor-instance .monaco-editor.focused').waitFor();
	}

	/** Selects whole lines, both numbers from 1 and included, in the focused editor. */
	async selectLines(first: number, last: number): Promise<void> {
		const selected = new RegExp(`^Ln ${last}, Col \\d+ \\(\\d+ selected\\)$`);
		await opens(this.page.locator('[id="status.editor.selection"]').getByText(selected), async () => {
			await this.openQuickInput('Control+G', `:${first}`);
			await succeeds(this.quickInput.press('Enter', { timeout: 3_000 }));
			await this.page.locator('.editor-instance .monaco-editor.focused').waitFor();
			await this.press('Home');
			for (let line = first; line < last; line++) await this.press('Shift+ArrowDown');
			await this.press('Shift+End');
		});
	}

	/** Puts the cursor behind the last character, which is at `place` (`Ln 9, Col 1`): an editor that has just come to the front may lose the keys. */
	async toEndOfFile(place: string): Promise<void> {
		const cursor = this.page.locator('[id="status.editor.selection"]').getByText(place, { exact: true });
		await until('the end of the file', async () => {
			await this.press('Control+End');
			return appears(cursor, 2_000);
		});
	}

	/** Opens the context menu of whatever has the focus, by keyboard, and chooses in it, through submenus to the last name. */
	contextMenu(...items: readonly string[]): Promise<void> {
		return this.menu.choose(() => this.press('Shift+F10'), items);
	}

	/** Chooses in the menu that opens on a right click, through submenus to the last name. */
	contextMenuOf(on: Locator, ...items: readonly string[]): Promise<void> {
		return this.menu.choose(() => on.click({ button: 'right' }), items);
	}

	/** Chooses in the menu that stands behind the buttons of one of our views' title. */
	async titleMenu(view: string, ...items: readonly string[]): Promise<void> {
		await this.openContainer();
		const header = this.view(view).locator('.pane-header');
		const open = async (): Promise<void> => {
			await header.hover();
			await header.getByLabel(/More Actions/).click();
		};
		await this.menu.choose(open, items);
	}

	/** Opens a menu until it stands there. */
	openMenu(open: () => Promise<void>): Promise<void> {
		return this.menu.open(open);
	}

	/** Chooses in the menu that is open, through submenus to the last name. */
	chooseInMenu(...items: readonly string[]): Promise<void> {
		return this.menu.choose(() => Promise.resolve(), items);
	}

	/** The text of the focused editor, as far as it is on screen. */
	async editorText(): Promise<string> {
		const lines = await this.page.locator('.monaco-editor.focused .view-line').allInnerTexts();
		return lines.join('\n').replaceAll('\u00a0', ' ');
	}

	/** The whole text of the focused editor, by way of the clipboard; copied again until that holds `part`. */
	async copiedText(part: string, selectAll = 'Control+A'): Promise<string> {
		const clipboard = () => this.page.evaluate<string>('navigator.clipboard.readText()');
		await until('the text in the clipboard', async () => {
			await this.press(selectAll, 'Control+C');
			return (await clipboard()).includes(part);
		});
		return clipboard();
	}

	/** The tab in front, by what it is called. */
	activeTab(title: string | RegExp): Locator {
		return this.page.locator('.tab.active', { hasText: title });
	}

	/** Saves a picture as out/screenshots/<name>.png and returns its path relative to the project. */
	async screenshot(name: string): Promise<string> {
		const file = path.join('out/screenshots', `${name}.png`);
		mkdirSync(path.join(root, 'out/screenshots'), { recursive: true });
		await this.page.screenshot({ path: path.join(root, file) });
		return file;
	}
}

/** The frame of VS Code's own that holds a page fails where the page goes before it has been drawn, whosever it is. */
function isOfVsCode(error: string): boolean {
	return error.includes('Found unexpected null') && error.includes('hookupOnLoadHandlers');
}
