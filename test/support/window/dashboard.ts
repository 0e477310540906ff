import type { Locator } from 'playwright-core';
import { opens, until } from './until';
import type { Window } from './window';

/** The dashboard of a window, as a person reads it. */
export class Dashboard {
	constructor(private readonly window: Window) {}

	locator(selector: string, options: { readonly hasText?: string } = {}): Locator {
		return this.window.webview('tab').locator(selector, options);
	}

	async open(): Promise<void> {
		await this.window.palette('Keypool: Open Dashboard');
		await this.shown();
	}

	async shown(): Promise<void> {
		await this.window.activeTab('Keypool Dashboard').waitFor();
		await this.locator('h1').waitFor();
	}

	async close(): Promise<void> {
		await this.window.palette('View: Close Editor');
		await this.window.activeTab('Keypool Dashboard').waitFor({ state: 'detached' });
	}

	/** One of the numbers at the top, once it is this. */
	async figure(name: string, value: string): Promise<void> {
		await this.locator(`[data-figure="${name}"] dd`)
			.filter({ hasText: new RegExp(`^${value}$`) })
			.waitFor();
	}

	/** Writes something into a file of this name in the folder of the workspace. */
	async export(what: string, name: string): Promise<void> {
		const kind = this.window.quickPick(what);
		await opens(kind, () => this.locator('[data-action="export"]').click());
		await kind.click();
		await until('the name of the file', async () => (await this.window.quickInput.inputValue()).endsWith(`/${name}`));
		// While it reads the folder the box takes no key.
		await this.window.accept(this.window.quickInput);
		await this.window.notice(`Exported: ${name}`);
	}

	/** The row of the newest request. */
	get newest(): Locator {
		return this.locator('.request').first();
	}
}
