import type { Locator } from 'playwright-core';
import { opens, succeeds } from './until';
import type { Window } from './window';

/**
 * What a person does, counted: one click, one key chord, one paste, or one typed line with Enter is one act. Nothing is
 * counted that a person does not do, such as waiting.
 */
export class Acts {
	/** What was done, oldest first. */
	readonly done: string[] = [];

	constructor(private readonly window: Window) {}

	/** One click that opens `shown`, however often VS Code draws `what` anew; `find` points at it. */
	async click(what: Locator, shown: Locator, find: () => Promise<void>): Promise<void> {
		this.done.push('click');
		await opens(shown, async () => {
			// Where a click takes its time, what was clicked is gone by then.
			if (await succeeds(find())) await succeeds(what.click({ timeout: 3_000 }));
		});
	}

	async press(chord: string): Promise<void> {
		this.done.push(chord);
		await this.window.press(chord);
	}

	/** One click, however often VS Code loses it. */
	async pressOnNotification(text: string, name: string): Promise<void> {
		this.done.push('click');
		await this.window.pressOnNotification(text, name);
	}

	/** Into whatever has the focus. */
	async paste(): Promise<void> {
		this.done.push('paste');
		await this.window.press('Control+V');
	}

	/** Into whatever has the focus. */
	async line(text: string): Promise<void> {
		this.done.push('line');
		await this.window.type(text);
		await this.window.press('Enter');
	}
}
