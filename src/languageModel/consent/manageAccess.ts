import { l10n } from 'vscode';
import { showInformation } from '../../ui/messages';
import { pickOne, type PickItem } from '../../ui/quickPick';
import { nameOfExtension } from './askConsent';
import type { Consent, Decision } from './consent';

type ExtensionItem = PickItem & { readonly id: string };
type DecisionItem = PickItem & { readonly decision: 'allowed' | 'refused' | undefined };

/** Shows which extensions may use the keys, and changes it. */
export async function manageAccess(consent: Consent): Promise<void> {
	const { t } = l10n;
	const items = [...consent.decisions].map(([id, decision]): ExtensionItem => ({
		id,
		label: id === '' ? t('Requests that name no extension') : nameOfExtension(id),
		description: inWords(decision),
		icon: decision.startsWith('allowed') ? 'pass' : 'circle-slash',
	}));
	if (items.length === 0) {
		void showInformation(t('No other extension has asked Gemini through Keypool yet. Keypool asks you once for each.'));
		return;
	}
	const chosen = await pickOne(items, { title: t('Extensions that asked Gemini through Keypool') });
	if (chosen === undefined) return;
	const decisions: readonly DecisionItem[] = [
		{ decision: 'allowed', label: t('Allow'), icon: 'pass' },
		{ decision: 'refused', label: t('Never Allow'), icon: 'circle-slash' },
		{ decision: undefined, label: t('Ask Again'), icon: 'question' },
	];
	const decided = await pickOne(decisions, { title: chosen.label });
	if (decided) await consent.decide(chosen.id, decided.decision);
}

function inWords(decision: Decision): string {
	switch (decision) {
		case 'allowed':
			return l10n.t('allowed');
		case 'allowedForSession':
			return l10n.t('allowed until the window closes');
		case 'refused':
			return l10n.t('not allowed');
		case 'refusedForSession':
			return l10n.t('not allowed until the window closes');
	}
}
