import { maskKey } from '../../src/masking/masking';
import { Chat } from '../../test/support/window/chat';
import type { Window } from '../../test/support/window/window';
import { Workbench } from '../../test/support/window/workbench';
import { disagreements, sendsOf, type ShownAnswer } from './agreement';
import { startBackend } from './backend';
import { sampleFiles } from './sample';

/** Longest wait for the answer, in ms: the pool may have to wait for a key. */
const answerLimitMs = 150_000;

/**
 * Drives the window as a user would, prints what it shows, and compares that with the simulator's own log.
 *
 * @returns the exit code: 0 only where there is an answer and all agree
 */
export async function askHeadless(asked = 'How do I reverse a list in TypeScript?'): Promise<number> {
	// The box of the palette takes one line.
	const question = asked.replace(/\s+/g, ' ').trim();
	if (question === '') {
		console.error('The question is empty.');
		return 1;
	}
	const backend = await startBackend();
	try {
		console.log(`Behind the window is ${backend.description}.`);
		const workbench = await Workbench.start({ env: backend.env, files: sampleFiles });
		try {
			const window = await workbench.open();
			await window.statusBarItem('keypool.status').waitFor();
			const chat = new Chat(window);
			await chat.ask(question);
			const shown = await chat.finished(question, answerLimitMs);
			report(shown);
			const found = backend.simulated === undefined ? [] : disagreements(shown, sendsOf(backend.simulated.log));
			const odd = [...found, ...(await maskDisagreements(window, shown, backend.simulated))];
			console.log(`screenshot: ${await window.screenshot('headless')}`);
			if (odd.length > 0) {
				console.error(`The window and the simulator disagree:\n${odd.map((line) => `  ${line}`).join('\n')}`);
				return 1;
			}
			if (backend.simulated !== undefined) {
				console.log("The window's answer, key and fallbacks agree with the simulator's log.");
			}
			return 0;
		} catch (error) {
			console.error(await workbench.evidence('headless'));
			throw error;
		} finally {
			await workbench.close();
		}
	} finally {
		await backend.close();
	}
}

function report({ text, key, model, fallbacks, attempts }: ShownAnswer & { readonly model: string }): void {
	console.log(`\n${text}\n\nkey: ${key}\nmodel: ${model}\nfallbacks: ${String(fallbacks)}`);
	for (const [n, send] of attempts.entries()) {
		console.log(`  ${String(n + 1)}. ${send.label} (${send.model}): ${send.outcome}`);
	}
}

/** A key's hover shows its mask: the label under the answer must be the key that the simulator knows. */
async function maskDisagreements(
	window: Window,
	{ key }: ShownAnswer,
	simulated: { readonly secrets: readonly string[]; readonly log: Parameters<typeof sendsOf>[0] } | undefined,
): Promise<readonly string[]> {
	const last = sendsOf(simulated?.log ?? []).at(-1);
	const secret = simulated?.secrets.find((each) => last !== undefined && each.endsWith(last.tail));
	if (secret === undefined) {
		return [];
	}
	await window.openContainer();
	const row = window.treeRows('Keys').filter({ hasText: key }).first();
	const mask = window.page.locator('.monaco-hover', { hasText: maskKey(secret) });
	return window.hover(row, mask).then(
		() => [],
		() => [`The hover of ${key} in the keys tree does not show ${maskKey(secret)}.`],
	);
}
