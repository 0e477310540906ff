import type { InputBoxValidationMessage, Uri } from 'vscode';
import { InputBoxValidationSeverity, env, l10n, window, workspace } from 'vscode';
import { keysInEnvironment } from './envImport';
import type { PasteResult } from './paste';
import { parsePaste, pasteLimits } from './paste';
import { pickFound } from './pickKeys';
import type { KeyTools } from './storeKeys';
import { storeFound } from './storeKeys';
import { decodedText } from './textFile';
import { sayRefusal } from './words';

/** Asks for a key in a password box; takes several too, as somebody may paste a list into it. */
export async function addKey(tools: KeyTools): Promise<void> {
	await askForKeys(tools, l10n.t('Paste a Gemini key from Google AI Studio. It is kept in the secret storage only.'));
}

/** Reads the clipboard, on this act of a person only; where it holds no key, asks in a password box. */
export async function pasteKeys(tools: KeyTools): Promise<void> {
	const found = parsePaste(await env.clipboard.readText());
	if (found.recognised.length === 0) {
		await askForKeys(tools, l10n.t('The clipboard holds no key. Paste keys here, with commas or spaces between them.'));
		return;
	}
	await offer(found, tools);
}

/** Offers what the environment holds, or the keys of a file that a person picks. */
export async function importKeys(
	tools: KeyTools,
	environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
	const here = keysInEnvironment(environment);
	const fromEnvironment = {
		label: l10n.t('From the environment'),
		description: l10n.t('keys found: {0}', here.recognised.length),
	};
	const fromFile = { label: l10n.t('From a .env file…'), description: '' };
	const nothingHere = here.recognised.length === 0 && here.refused.length === 0;
	const source = nothingHere
		? fromFile
		: await window.showQuickPick([fromEnvironment, fromFile], { title: l10n.t('Import Gemini keys') });
	if (source === fromEnvironment) {
		await offer(here, tools);
	} else if (source === fromFile) {
		const [file] =
			(await window.showOpenDialog({ openLabel: l10n.t('Import'), title: l10n.t('Import Gemini keys') })) ?? [];
		if (file) {
			await importFile(file, tools);
		}
	}
}

async function importFile(file: Uri, tools: KeyTools): Promise<void> {
	let bytes: Uint8Array;
	try {
		if ((await workspace.fs.stat(file)).size > pasteLimits.characters) {
			void window.showErrorMessage(l10n.t('This file is too large for a .env file. No key was added.'));
			return;
		}
		bytes = await workspace.fs.readFile(file);
	} catch {
		void window.showErrorMessage(l10n.t('This file cannot be read. No key was added.'));
		return;
	}
	await offer(parsePaste(decodedText(bytes)), tools);
}

async function askForKeys(tools: KeyTools, prompt: string): Promise<void> {
	const text = await window.showInputBox({
		title: l10n.t('Add Gemini key'),
		prompt,
		password: true,
		ignoreFocusOut: true,
		validateInput: validation,
	});
	if (text === undefined) {
		return;
	}
	const result = parsePaste(text);
	const [only] = result.recognised;
	if (only && result.recognised.length === 1 && result.refused.length === 0) {
		await storeFound([only], tools);
	} else {
		await offer(result, tools);
	}
}

/** Live under the box: why it is no key yet, or how many there are. Nothing before the first character. */
function validation(text: string): string | InputBoxValidationMessage | undefined {
	if (text === '') {
		return undefined;
	}
	const { recognised, refused } = parsePaste(text);
	if (recognised.length > 1) {
		return { message: l10n.t('keys found: {0}', recognised.length), severity: InputBoxValidationSeverity.Info };
	}
	if (recognised.length === 1) {
		return undefined;
	}
	return sayRefusal(refused[0] ?? { why: 'empty' });
}

async function offer(result: PasteResult, tools: KeyTools): Promise<void> {
	const chosen = await pickFound(result, l10n.t('Store Gemini keys'));
	if (chosen && chosen.length > 0) {
		await storeFound(chosen, tools);
	}
}
