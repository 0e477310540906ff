import { l10n } from 'vscode';
import type { Key, KeyId } from '../../pool/pool';
import { showError, showInformation, showWarning } from '../../ui/messages';
import { withProgress, withViewProgress } from '../../ui/progress';
import { addAll } from './addAll';
import { checkKeys, countOutcomes, type Check, type CheckOutcome } from '../check/check';
import type { AddResult, Keyring } from '../keyring/keyring';
import { nameKey, nameKeys } from './nameKeys';
import type { ParsedKey } from '../import/parseKeys';
import { learnProjects } from '../check/sameProject';
import type { SameProjectSuggestions } from '../check/sameProjectSuggestions';
import { sameProjectOffer, suggestSameProject } from './suggestSameProject';
import { describeAddedKeys, describeCounts, describeOutcome, describeReason } from '../check/words';
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
	readonly sameProject: SameProjectSuggestions;
	/** Receives errors that have no message of their own. */
	readonly report: (error: unknown) => void;
}

/**
 * Stores and checks keys. One notice shows the result and offers to remove refused keys and to name the others: nothing
 * opens by itself later. Resolves to the number of keys that may work.
 */
export async function storeKeys(found: readonly ParsedKey[], tools: KeyTools): Promise<number> {
	// The system takes its time for each of two hundred.
	const result = await withViewProgress('keypool.keys', () => addWithRetry(found, tools.keyring));
	const [first] = result.added;
	if (!first) {
		showDuplicates(result);
		return 0;
	}
	// If the store refused at the start, the other keys are there again as well.
	await tools.load();
	const release = tools.sameProject.hold();
	let outcomes: Outcomes;
	try {
		outcomes = await checkWithProgress(result.added, tools);
	} catch (error) {
		release();
		throw error;
	}
	const only = result.added.length === 1 && result.duplicates.length === 0;
	const text = only
		? describeAdded(first, outcomes.get(first.id))
		: describeAddedKeys(countOutcomes(outcomes.values()), result.added.length, result.duplicates.length);
	offerMore(text, result.added, outcomes, tools).catch((error: unknown) => showFailure(error, tools.report));
	release();
	return result.added.length - refusedAmong(result.added, outcomes).length;
}

type Outcomes = ReadonlyMap<KeyId, CheckOutcome>;

function refusedAmong(keys: readonly Key[], outcomes: Outcomes): readonly Key[] {
	return keys.filter(({ id }) => outcomes.get(id)?.type === 'refused');
}

/** Shows the result, with buttons to remove refused keys, to put keys of one project together and to name the others. */
async function offerMore(
	text: string,
	added: readonly Key[],
	outcomes: Outcomes,
	{ keyring, sameProject: suggestions }: KeyTools,
): Promise<void> {
	const refused = refusedAmong(added, outcomes);
	const others = added.filter((key) => !refused.includes(key));
	const remove = refused.length === 1 ? l10n.t('Remove It') : l10n.t('Remove Them');
	const name = others.length === 1 ? l10n.t('Name It…') : l10n.t('Name Them…');
	const matches = suggestions.take(added.map(({ id }) => id));
	const sameProject = sameProjectOffer(matches);
	const buttons = [
		...(sameProject ? [sameProject.button] : []),
		...(refused.length > 0 ? [remove] : []),
		...(others.length > 0 ? [name] : []),
	];
	const whole = sameProject ? `${text} ${sameProject.text}` : text;
	const pressed = await (refused.length > 0 ? showWarning : showInformation)(whole, ...buttons);
	if (sameProject && pressed === sameProject.button) await suggestions.join(matches);
	else if (pressed === name) {
		const [first] = others;
		await (others.length === 1 && first
			? nameKey(first, keyring)
			: nameKeys(
					others.map(({ id }) => id),
					outcomes,
					keyring,
				));
	} else if (pressed === remove) {
		// The notice can be old by then: a key that was replaced meanwhile is not the one that was refused.
		const held = new Map(keyring.list().keys.map(({ id, mask }) => [id, mask]));
		for (const { id, mask } of refused) if (held.get(id) === mask) await keyring.remove(id);
	}
}

/** Checks stored keys and shows the result in one sentence. */
export async function checkAndShow(keys: readonly Key[], tools: KeyTools): Promise<void> {
	const release = tools.sameProject.hold();
	const { outcomes, matches } = await checkWithProgress(keys, tools)
		// Before others may: what is said here is said by no other notice.
		.then((found) => ({ outcomes: found, matches: tools.sameProject.take(keys.map(({ id }) => id)) }))
		.finally(release);
	suggestSameProject(matches, () => tools.sameProject.join(matches), tools.report);
	const [only] = keys;
	if (keys.length === 1 && only) {
		const outcome = outcomes.get(only.id) ?? { type: 'cancelled' };
		const say = outcome.type === 'refused' ? showWarning : showInformation;
		void say(describeOutcome(only.label, outcome));
		return;
	}
	const counts = countOutcomes(outcomes.values());
	const undecided = [...outcomes.values()].find((outcome) => outcome.type === 'undecided');
	const sentence =
		undecided && counts.works + counts.refused === 0
			? l10n.t('No key could be checked: {0}.', describeReason(undecided.reason))
			: l10n.t('{0} keys checked: {1}.', keys.length, describeCounts(counts));
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
			return l10n.t('{0} ({1}) was added, but was refused: {2}.', label, mask, describeReason(outcome.reason));
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
