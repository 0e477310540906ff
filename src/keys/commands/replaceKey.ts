import { commands, l10n } from 'vscode';
import type { Key } from '../../pool/pool';
import { showError, showInformation, showWarning } from '../../ui/messages';
import { askForKeys } from './askForKeys';
import { KeyringError } from '../keyring/keyring';
import type { Secret } from '../keyring/secret';
import { pickFound } from './pickKeys';
import { checkWithProgress, type KeyTools } from './storeKeys';
import { describeOutcome } from '../check/words';
import { describeKeyringReason, showFailure } from '../keyring/keyringErrors';

/** Replaces the secret of a key that Google no longer accepts: name, project, role, place and weight stay. */
export async function replaceKey(key: Key, tools: KeyTools): Promise<void> {
	const prompt = l10n.t('Paste the new key. Its name, project, role, position and weight stay.');
	const title = l10n.t('Replace {0}', key.label);
	const given = await askForKeys(title, prompt, false);
	const found = given?.type === 'text' ? await pickFound(given.result, title) : undefined;
	if (!found) return;
	const next = await replaceWithRetry(key, found.secret, tools);
	if (!next) return;
	if (next.id !== key.id || next.mask === key.mask) {
		void showInformation(l10n.t('This key is stored already, as {0}.', next.label));
		return;
	}
	await tools.useAgain(key.id);
	await checkReplaced(next, tools);
}

/** Undefined if the secret storage refuses and the user does not retry. */
async function replaceWithRetry(key: Key, secret: Secret, { keyring }: KeyTools): Promise<Key | undefined> {
	for (;;) {
		try {
			return await keyring.replace(key.id, secret);
		} catch (error) {
			if (!(error instanceof KeyringError) || error.reason !== 'storeRefused') throw error;
			const again = l10n.t('Try Again');
			const text = l10n.t('{0} was not replaced. {1}', key.label, describeKeyringReason(error.reason));
			if ((await showError(text, again)) !== again) return undefined;
		}
	}
}

/** Checks the new secret and shows the result. Offers to check again if undecided, and to replace again if refused. */
async function checkReplaced(key: Key, tools: KeyTools): Promise<void> {
	const outcome = (await checkWithProgress([key], tools)).get(key.id) ?? {
		type: 'cancelled' as const,
	};
	const [again, resume] = [l10n.t('Try Again'), l10n.t('Resume')];
	const text = l10n.t('{0} was replaced. {1}', key.label, describeOutcome(key.label, outcome));
	const say = outcome.type === 'refused' ? showWarning : showInformation;
	void say(text, ...(outcome.type === 'works' ? [] : [again]), ...(tools.isPaused() ? [resume] : []))
		.then(async (answer) => {
			if (answer === resume) await commands.executeCommand('keypool.resume');
			if (answer === again) await (outcome.type === 'refused' ? replaceKey(key, tools) : checkReplaced(key, tools));
		})
		.then(undefined, (error: unknown) => showFailure(error, tools.report));
}
