import * as vscode from 'vscode';
import type { Ask } from '../../ask';
import { textsOf } from '../../gemini/request/requestSize';
import type { Prompt } from '../../gemini/gemini';
import type { HeldKeys } from '../../keys/commands/heldKeys';
import { PoolError, type KeyId } from '../../pool/pool';
import { showError } from '../../ui/messages';
import { withProgress } from '../../ui/progress';
import { withKey } from '../../localization/keyInWords';
import { inOneText, type Words } from '../../localization/words';
import type { WorkspaceFiles } from '../../workspaceFiles/workspaceFiles';
import type { KeysAtHand } from './ensureKey';
import { collectAnswer, type CollectedAnswer, type CollectProgress } from './collectAnswer';

/** What commands need that ask without the chat; `extension.ts` hands it in. */
export interface Assistant {
	readonly ask: Ask;
	readonly words: Words;
	readonly labelOf: (key: KeyId) => string;
	/** ms since 1970. */
	readonly now: () => number;
	readonly keys: KeysAtHand;
	readonly heldKeys: HeldKeys;
	readonly files: WorkspaceFiles;
	/** For the log. */
	readonly report: (error: unknown) => void;
}

/** UTF-16 units of an answer between two words about it: a screen reader reads each of them aloud. */
const stageLength = 1_000;

/**
 * Asks while a notification shows how far the answer is, with a button that stops it. Undefined when it was stopped or
 * there is no answer; then the person was told why.
 * @param show hears what has come so far
 */
export async function askWithProgress(
	assistant: Assistant,
	title: string,
	prompt: Prompt,
	show: (text: string) => void = () => undefined,
): Promise<CollectedAnswer | undefined> {
	if (!(await assistant.heldKeys.mayBeSent(textsOf(prompt)))) return undefined;
	return withProgress(title, async (tell, signal) => {
		let told = '';
		try {
			const stream = assistant.ask(prompt, { origin: 'selection' }, signal);
			return await collectAnswer(stream, assistant.labelOf, (step) => {
				const stage = step.state === 'coming' ? `${Math.floor(step.text.length / stageLength)}` : step.state;
				if (stage !== told || step.state === 'waiting') tell(stepInWords(step, assistant));
				told = stage;
				if (step.state === 'coming') show(step.text);
			});
		} catch (error) {
			if (!signal.aborted) void tellFailure(error, assistant);
			return undefined;
		}
	});
}

/** Tells why there is no answer, with what helps. */
async function tellFailure(error: unknown, { words, report }: Assistant): Promise<void> {
	if (!(error instanceof PoolError)) report(error);
	const ended = error instanceof PoolError ? error : new PoolError('unexpected', []);
	if (ended.reason === 'cancelled') return;
	const described = words.describeError(ended);
	const message = { ...described, text: withKey(described.text, ended) };
	const { action, link } = message;
	const buttons = [action?.title, link?.title].filter((title) => title !== undefined);
	const chosen = await showError(inOneText(message), ...buttons);
	if (chosen === undefined) return;
	if (chosen === action?.title) await vscode.commands.executeCommand(action.command);
	else if (link) await vscode.env.openExternal(vscode.Uri.parse(link.url));
}

/** How far an answer is, to stand in a notification. */
export function stepInWords(step: CollectProgress, { words, now }: Pick<Assistant, 'words' | 'now'>): string {
	const { t } = words;
	switch (step.state) {
		case 'asked':
			return t('asking…');
		case 'coming':
			return t('{0} characters so far', words.describeCount(step.text.length));
		case 'waiting':
			return words.describeWait(step.on, step, now());
	}
}

/** Who answered, for a title or a message. */
export function signature({ model, key }: CollectedAnswer): string {
	return `${model} · ${key}`;
}
