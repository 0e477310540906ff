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
		const sent = page.locator('.interactive-item-container.interactive-request').last();
		const mark = text.split(' ').at(-1) ?? '';
		await until('the question to be sent', async () => {
			await this.input.click();
			await this.window.press('Control+A', 'Delete');
			await this.window.type(text);
			await this.window.press('Escape', 'Enter');
			return appears(sent.filter({ hasText: mark }), 3_000);
		});
		await page.locator('.interactive-response.chat-response-loading').waitFor({ state: 'detached' });
	}

	/** The newest answer: VS Code draws those that are in sight alone. */
	get answer(): Locator {
		return this.window.page.locator('.interactive-item-container.interactive-response').last();
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
