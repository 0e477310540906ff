import type { Locator } from 'playwright-core';
import * as v from 'valibot';
import type { ShownAnswer } from '../../../scripts/start/agreement';
import { opens, succeeds, twoFrames } from './until';
import type { Window } from './window';

const RequestRecord = v.pipe(
	v.string(),
	v.parseJson(),
	v.array(v.object({ label: v.string(), model: v.string(), outcome: v.string() })),
);

/** The chat of a window, as a person reads it. */
export class Chat {
	constructor(private readonly window: Window) {}

	/** All answers, oldest first. */
	get answers(): Locator {
		return this.window.webview().locator('[data-role="answer"]');
	}

	/** All questions, oldest first. */
	get questions(): Locator {
		return this.window.webview().locator('[data-role="question"]');
	}

	/** Where a person types. */
	get input(): Locator {
		return this.window.webview().locator('[data-role="input"]');
	}

	/** Asks through the palette, by keyboard. */
	async ask(question: string): Promise<void> {
		await this.window.paletteInput('Keypool: Ask…', question);
	}

	/** Lets a file of the workspace go along with the next question. */
	async attach(name: string): Promise<void> {
		const { window } = this;
		const found = window.quickPick(name).first();
		await opens(found, async () => {
			await opens(window.quickInput, () => window.webview().getByRole('button', { name: 'Attach files…' }).click());
			await succeeds(window.fillQuickInput(name, 3_000));
		});
		await found.click();
		await window.webview().locator('[data-role="draft"] .chip', { hasText: name }).waitFor();
	}

	/** The answer to `question`, which must be the last one asked in these words. */
	answerTo(question: string): Locator {
		return this.window
			.webview()
			.locator('article', { has: this.window.page.locator('[data-role="question"]', { hasText: question }) })
			.last()
			.locator('[data-role="answer"]');
	}

	/** Waits for the end of the answer to `question`, and reads it; throws where it is no answer. */
	async finished(question: string, timeout = 30_000): Promise<ShownAnswer & { readonly model: string }> {
		const answer = this.answerTo(question);
		await answer
			.and(this.window.webview().locator(':is([data-state="done"],[data-state="failed"],[data-state="stopped"])'))
			.waitFor({ timeout });
		if ((await answer.getAttribute('data-state')) !== 'done') {
			throw new Error(`There is no answer. The chat says: ${await answer.innerText()}`);
		}
		const footer = answer.locator('.footer');
		const count = await footer.getAttribute('data-fallbacks');
		return {
			question,
			text: await wholeText(answer.locator('> .markdown')),
			key: await footer.locator('[data-field="key"]').innerText(),
			model: await footer.locator('[data-field="model"]').innerText(),
			fallbacks: Number(count),
			attempts: v.parse(RequestRecord, await footer.getAttribute('data-attempts')),
		};
	}
}

/** Text is drawn in slices, and its last one can come a frame after the footer: it is read until it grows no more. */
async function wholeText(drawn: Locator): Promise<string> {
	for (let before: string | undefined; ;) {
		const text = await drawn.innerText();
		if (text === before) return text;
		before = text;
		await drawn.evaluate(twoFrames);
	}
}
