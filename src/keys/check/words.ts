import { l10n } from 'vscode';
import type { Reason } from '../../pool/pool';
import type { CheckOutcome, OutcomeCounts } from './check';
import type { Refusal, SecretKind } from '../keyring/secret';

/** Why a text is not a key, and what to do. */
export function describeRefusal(refusal: Refusal): string {
	switch (refusal.reason) {
		case 'empty':
			return l10n.t('It contains no key.');
		case 'innerSpace':
			return l10n.t('A key has no spaces or line breaks inside. Copy it again in one piece.');
		case 'control':
			return l10n.t('It contains invisible control characters. Copy the key again from Google AI Studio.');
		case 'nonAscii':
			return l10n.t('A key has only plain letters, digits and signs. Copy it again from Google AI Studio.');
		case 'tooShort':
			return l10n.t('It is too short for a Gemini key. Was it copied whole?');
		case 'tooLong':
			return l10n.t('It is too long for a Gemini key.');
		case 'severalInOne':
			return l10n.t('These are several keys run together. Put a comma between them.');
		case 'address':
			return l10n.t('This is a web address, not a key. Copy the key itself.');
		case 'gatewayToken':
			return l10n.t(
				'This is a token for a Keypool gateway. If your team gave it to you, run “Keypool: Use a Team Gateway…”; otherwise it is for another tool.',
			);
		case 'otherService':
			return l10n.t(
				'This is not a Gemini key but another credential ({0}). Create a Gemini key in Google AI Studio.',
				refusal.service,
			);
	}
}

/** The kind of a key, by its first characters. */
export function describeKind(kind: SecretKind): string {
	switch (kind) {
		case 'AQ':
			return l10n.t('Gemini key');
		case 'AIza':
			return l10n.t('older Gemini key');
		case 'simulated':
			return l10n.t('simulated key');
		case 'unknown':
			return l10n.t('unknown kind of key');
	}
}

/** What a check found, to follow a key's name. */
export function describeOutcomeBriefly(outcome: CheckOutcome): string {
	switch (outcome.type) {
		case 'works':
			return l10n.t('works');
		case 'refused':
			return l10n.t('refused: {0}', describeReason(outcome.reason));
		case 'undecided':
			return l10n.t('not checked: {0}', describeReason(outcome.reason));
		case 'cancelled':
			return l10n.t('not checked');
	}
}

/** What a check found, as a sentence about one key. */
export function describeOutcome(label: string, outcome: CheckOutcome): string {
	switch (outcome.type) {
		case 'works':
			return l10n.t('{0} works.', label);
		case 'refused':
			return l10n.t('{0} was refused: {1}.', label, describeReason(outcome.reason));
		case 'undecided':
			return l10n.t('{0} could not be checked: {1}.', label, describeReason(outcome.reason));
		case 'cancelled':
			return l10n.t('{0} was not checked.', label);
	}
}

/** How many keys work, were refused, or were not checked, for the middle of a sentence. */
export function describeCounts({ works, refused, undecided, cancelled }: OutcomeCounts): string {
	const unchecked = undecided + cancelled;
	return [
		...(works > 0 ? [works === 1 ? l10n.t('1 works') : l10n.t('{0} work', works)] : []),
		...(refused > 0 ? [refused === 1 ? l10n.t('1 was refused') : l10n.t('{0} were refused', refused)] : []),
		...(unchecked > 0
			? [unchecked === 1 ? l10n.t('1 was not checked') : l10n.t('{0} were not checked', unchecked)]
			: []),
	].join(', ');
}

/** What became of several keys that were added. */
export function describeAddedKeys(counts: OutcomeCounts, added: number, duplicates: number): string {
	const again = duplicates === 1 ? l10n.t('1 was stored already') : l10n.t('{0} were stored already', duplicates);
	const parts = [describeCounts(counts), duplicates > 0 ? again : ''].filter(Boolean).join(', ');
	return added === 1 ? l10n.t('1 key added: {0}.', parts) : l10n.t('{0} keys added: {1}.', added, parts);
}

/** Why a check failed, for the middle of a sentence. */
export function describeReason(reason: Reason): string {
	switch (reason) {
		case 'badKey':
			return l10n.t('the service does not know it (mistyped, deleted, expired, or a retired kind of key)');
		case 'blocked':
			return l10n.t('its restrictions do not allow the Gemini API');
		case 'serviceDisabled':
			return l10n.t('the Gemini API is not enabled in its project');
		case 'billing':
			return l10n.t('its project has a billing problem');
		case 'suspended':
			return l10n.t('its project is suspended');
		case 'leaked':
			return l10n.t('it was reported as leaked, so replace it');
		case 'denied':
			return l10n.t('its project has been denied access');
		case 'region':
			return l10n.t('the service is not available from this region without billing');
		case 'network':
			return l10n.t('the connection to the service broke');
		case 'unreachable':
			return l10n.t('the service cannot be reached');
		case 'proxy':
			return l10n.t('a proxy or firewall answered in place of the service');
		case 'modelDenied':
			return l10n.t('the service refused without saying that the key is at fault');
		case 'redirected':
			return l10n.t('the service redirects to another address, and keys are not sent there');
		case 'hostRefused':
			return l10n.t('keys are not sent to the address in the setting keypool.baseUrl without your consent');
		case 'gatewayRefused':
			return l10n.t('the team’s gateway refused the request');
		case 'keysLocked':
			return l10n.t('the system’s secret storage refused access, so unlock it');
		case 'rpm':
		case 'tpm':
		case 'rpd':
		case 'tpd':
		case 'capacity':
		case 'unreadable':
		case 'throttled':
		case 'unknownLimit':
		case 'cap':
		case 'budget':
		case 'clientHeld':
		case 'gatewayBudget':
			return l10n.t('its quota is used up for now');
		case 'overloaded':
		case 'internal':
		case 'deadline':
		case 'idle':
		case 'cutStream':
		case 'emptyAnswer':
		case 'answerTooLong':
		case 'answerTooLarge':
			return l10n.t('the service has a problem at the moment');
		case 'tooLargeForTier':
		case 'tierLacksModel':
		case 'badRequest':
		case 'promptTooLong':
		case 'thoughtSignature':
		case 'noSuchModel':
		case 'malformedCall':
		case 'contentBlocked':
		case 'unexpected':
		case 'cancelled':
		case 'waitedTooLong':
		case 'noTimeLeft':
		case 'tooManyTries':
		case 'noKeys':
		case 'noUsableKey':
		case 'paidOnly':
		case 'paused':
		case 'storeUnavailable':
			return l10n.t('the service gave an unexpected answer');
	}
}
