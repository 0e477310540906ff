import type { Locator } from 'playwright-core';
import { appears, until } from './until';
import type { Window } from './window';

/** The chat of VS Code itself. */
export class EditorChat {
	constructor(private readonly window: Window) {}

	async open(): Promise<void> {
		await this.window.palette('Chat: Open Chat');
		await this.input.waitFor();
	}

	/** Sends what is typed; a list of suggestions that has opened meanwhile is closed first. */
	async send(text: string): Promise<void> {
		const { page } = this.window;
		const words = text.split(' ').map((word) => word.replaceAll(/[^\w@]/g, '\\$&'));
		const mark = text.split(' ').at(-1) ?? '';
		// The list holds its rows in no order, and the question above what is in sight twice.
		const requests = page.locator('.interactive-item-container.interactive-request');
		const asked = requests.filter({ hasText: new RegExp(words.join('\\s*')) }).first();
		await until('the question to be sent', async () => {
			await this.input.click();
			await this.window.press('Control+A', 'Delete');
			await this.window.type(text);
			await this.window.press('Escape', 'Enter');
			if (await appears(asked)) return true;
			// What has left the box is on its way, and is drawn later.
			return !(await this.input.innerText()).includes(mark);
		});
		await asked.waitFor();
		await page.locator('.interactive-response.chat-response-loading').waitFor({ state: 'detached' });
	}

	/** The newest answer. */
	get answer(): Locator {
		return this.window.page.locator('[data-last-element="true"] .interactive-item-container.interactive-response');
	}

	get input(): Locator {
		return this.window.page.locator('.interactive-input-part .monaco-editor').first();
	}
}

/** The list of models under the input of VS Code's chat. */
export class ModelPicker {
	constructor(private readonly window: Window) {}

	/** What is chosen. */
	get chosen(): Locator {
		return this.window.page.locator('.model-picker-item .model-picker-name');
	}

	async open(): Promise<void> {
		await until('the list of models', async () => {
			await this.chosen.click();
			return appears(this.entry('Auto (Keypool)'), 2_000);
		});
	}

	entry(name: string): Locator {
		return this.window.page.locator('.action-widget .monaco-list-row', { hasText: name });
	}
}
