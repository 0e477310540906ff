import { l10n } from 'vscode';
import type { Key, KeyId } from '../../pool/pool';
import { showError, showInformation, showWarning } from '../../ui/messages';
import { withProgress } from '../../ui/progress';
import { addAll } from './addAll';
import type { Check, CheckOutcome } from '../check/check';
import { checkKeys, countOutcomes } from '../check/check';
import type { AddResult, Keyring } from '../keyring/keyring';
import { nameKey, nameKeys } from './nameKeys';
import type { ParsedKey } from '../import/parseKeys';
import { learnProjects } from '../check/sameProject';
import { suggestSameProject } from './suggestSameProject';
import { describeCounts, describeOutcome, describeReason } from '../check/words';
import { describeKeyringReason, showFailure } from '../keyring/keyringErrors';

/** What the key commands need from other folders. */
export interface KeyTools {
	readonly keyring: Keyring;
	readonly check: Check;
	/** Receives each outcome of a check, for the pool. */
	readonly onChecked: (id: KeyId, outcome: CheckOutcome) => void;
	/** Resolves to whether the keys are loaded; if the secret storage refuses, a message has said so. */
	readonly load: () => Promise<boolean>;
	/** Whether the keys are simulated: the first real key replaces them. */
	readonly isSimulated: () => boolean;
	/** Whether the pool is paused. */
	readonly isPaused: () => boolean;
	/** Lifts the quarantine of a key. */
	readonly useAgain: (id: KeyId) => Promise<void>;
	/** Receives errors that have no message of their own. */
	readonly report: (error: unknown) => void;
}

/** Stores and checks keys, asks about refused ones, offers names, shows the result; resolves to the number kept. */
export async function storeKeys(found: readonly ParsedKey[], tools: KeyTools): Promise<number> {
	const result = await addWithRetry(found, tools.keyring);
	const [first] = result.added;
	if (!first) {
		showDuplicates(result);
		return 0;
	}
	const outcomes = await checkWithProgress(result.added, tools);
	const refused = result.added.filter((key) => outcomes.get(key.id)?.type === 'refused');
	const gone = refused.length > 0 ? await offerToRemove(refused, outcomes, tools.keyring) : 0;
	const kept = result.added.length - gone;
	const ids = result.added.map(({ id }) => id);
	if (kept === 0) {
		void showInformation(l10n.t('No key was kept.'));
	} else if (result.added.length === 1 && result.duplicates.length === 0) {
		void offerName(first, outcomes.get(first.id), tools);
	} else {
		if (kept > 1) await nameKeys(ids, outcomes, tools.keyring);
		const counts = countOutcomes(outcomes.values());
		void showInformation(
			l10n.t(
				'Keys added: {0}. Working: {1}, refused: {2}, not checked: {3}, there already: {4}.',
				kept,
				counts.works,
				counts.refused - gone,
				counts.undecided + counts.cancelled,
				result.duplicates.length,
			),
		);
	}
	void suggestSameProject(ids, tools.keyring).catch(tools.report);
	return kept;
}

/** Shows the result for a single key, with a button to name it. */
async function offerName(key: Key, outcome: CheckOutcome | undefined, { keyring, report }: KeyTools): Promise<void> {
	const name = l10n.t('Name It…');
	try {
		if ((await showInformation(describeAdded(key, outcome), name)) === name) await nameKey(key, keyring);
	} catch (error) {
		showFailure(error, report);
	}
}

/** Checks stored keys and shows the result in one sentence. */
export async function checkAndShow(keys: readonly Key[], tools: KeyTools): Promise<void> {
	const outcomes = await checkWithProgress(keys, tools);
	void suggestSameProject(
		keys.map(({ id }) => id),
		tools.keyring,
	).catch(tools.report);
	const [only] = keys;
	if (keys.length === 1 && only) {
		const outcome = outcomes.get(only.id) ?? { type: 'cancelled' };
		const say = outcome.type === 'refused' ? showWarning : showInformation;
		void say(describeOutcome(only.label, outcome));
		return;
	}
	const counts = countOutcomes(outcomes.values());
	const sentence = l10n.t('{0} keys checked: {1}.', keys.length, describeCounts(counts));
	void (counts.refused > 0 ? showWarning(sentence) : showInformation(sentence));
}

function addWithRetry(found: readonly ParsedKey[], keyring: Keyring): Promise<AddResult> {
	const keys = found.map(({ secret, name }) => ({ secret, label: name }));
	return addAll(keyring, keys, async (count) => {
		const again = l10n.t('Try Again');
		const sentence = describeKeyringReason('storeRefused');
		const text =
			found.length === 1
				? l10n.t('The key was not stored. {0}', sentence)
				: l10n.t('{0} of {1} keys were stored. {2}', count, found.length, sentence);
		return (await showError(text, again)) === again;
	});
}

function describeAdded({ label, mask }: Key, outcome: CheckOutcome | undefined): string {
	switch (outcome?.type) {
		case 'works':
			return l10n.t('{0} ({1}) was added and works.', label, mask);
		case 'undecided':
			return l10n.t('{0} ({1}) was added, but could not be checked: {2}.', label, mask, describeReason(outcome.reason));
		case 'refused':
			return l10n.t('{0} ({1}) is kept although the service refused it.', label, mask);
		default:
			return l10n.t('{0} ({1}) was added and not checked.', label, mask);
	}
}

function showDuplicates({ duplicates }: AddResult): void {
	const [first] = duplicates;
	if (first && duplicates.length === 1) {
		void showInformation(l10n.t('This key is stored already, as {0}.', first.of.label));
	} else if (first) {
		void showInformation(l10n.t('All {0} keys are stored already.', duplicates.length));
	}
}

/** Checks keys with a progress notification, and stores the project numbers that the service names. */
export async function checkWithProgress(
	keys: readonly Key[],
	tools: KeyTools,
): Promise<ReadonlyMap<KeyId, CheckOutcome>> {
	const title = l10n.t('Checking keys');
	const labels = new Map(keys.map((key) => [key.id, key.label]));
	const outcomes = await withProgress(title, (reportProgress, signal) =>
		checkKeys(
			keys.map((key) => key.id),
			(id) => tools.keyring.secretOf(id),
			tools.check,
			signal,
			(id, outcome) => {
				reportProgress(describeOutcome(labels.get(id) ?? '', outcome), 100 / keys.length);
				tools.onChecked(id, outcome);
			},
		),
	);
	// An error here must not hide the result of the check.
	await learnProjects(outcomes, tools.keyring).catch(tools.report);
	return outcomes;
}

/** Asks whether to keep refused keys; resolves to the number removed. */
async function offerToRemove(
	refused: readonly Key[],
	outcomes: ReadonlyMap<KeyId, CheckOutcome>,
	keyring: Keyring,
): Promise<number> {
	const [first] = refused;
	const question =
		refused.length === 1 && first
			? describeOutcome(first.label, outcomes.get(first.id) ?? { type: 'cancelled' })
			: l10n.t('The service refused {0} of the keys.', refused.length);
	const remove = refused.length === 1 ? l10n.t('Remove It') : l10n.t('Remove Them');
	const answer = await showWarning(question, l10n.t('Keep'), remove);
	if (answer !== remove) {
		return 0;
	}
	for (const key of refused) {
		await keyring.remove(key.id);
	}
	return refused.length;
}
