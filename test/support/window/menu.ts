import type { Locator, Page } from 'playwright-core';
import { appears, succeeds, until } from './until';

/** The menu of a window that is open: a context menu, or that behind a button. */
export class Menu {
	private readonly shown: Locator;

	constructor(private readonly page: Page) {
		this.shown = page.locator('.monaco-menu');
	}

	/** Opens a menu until it stands there: what is drawn anew just then opens none. */
	open(open: () => Promise<void>): Promise<void> {
		return until('the menu', async () => {
			await open();
			return appears(this.shown.locator('.action-item').first(), 10_000);
		});
	}

	/**
	 * Chooses through submenus to the last name, by key: a menu takes no click that comes right after it opened. Opens it anew
	 * where a focus that was still on its way has closed it.
	 */
	async choose(open: () => Promise<void>, items: readonly string[]): Promise<void> {
		await until(`the entry ${items.join(', ')}`, async () => {
			if (!(await this.shown.first().isVisible())) await this.open(open);
			return this.pointAt(items);
		});
		await until(`the choice of ${items.join(', ')}`, async () => {
			await this.page.keyboard.press('Enter');
			return succeeds(this.shown.waitFor({ state: 'detached', timeout: 5_000 }));
		});
	}

	/** Whether the last of these names has the focus. */
	private async pointAt(items: readonly string[]): Promise<boolean> {
		for (const [n, item] of items.entries()) {
			const entry = this.shown.locator('.action-item', { hasText: item }).last();
			// A submenu opens with its first entry.
			if (n > 0) await this.page.keyboard.press('ArrowRight');
			// A pointer that already stands there tells the menu nothing.
			const isHovered =
				(await succeeds(entry.hover({ position: { x: 8, y: 8 }, timeout: 3_000 }))) &&
				(await succeeds(entry.hover({ timeout: 3_000 })));
			const focused = this.shown.locator('.action-item.focused', { hasText: item }).last();
			if (!isHovered || !(await appears(focused))) return false;
		}
		return true;
	}
}
