import { extensions, l10n } from 'vscode';
import { askWarning } from '../../ui/messages';
import type { AskPerson } from './consent';

/** Asks in a dialog whether an extension may use the keys. */
export const askConsent: AskPerson = async (extension) => {
	const { t } = l10n;
	const allow = t('Allow');
	const session = t('Allow for This Session');
	const never = t('Never Allow');
	const detail = t(
		'Its requests use the quota of your keys, and cost money on paid projects. You can change this later: Keypool: Manage Access of Extensions.',
	);
	const question =
		extension === undefined
			? t('An extension that VS Code does not name wants to ask Gemini with your keys. Allow it?')
			: t('The extension {0} wants to ask Gemini with your keys. Allow it?', nameOfExtension(extension));
	switch (await askWarning(question, detail, allow, session, never)) {
		case allow:
			return 'allow';
		case session:
			return 'session';
		case never:
			return 'never';
		default:
			return undefined;
	}
};

/** An extension names itself as it likes: its id stands beside. */
export function nameOfExtension(id: string): string {
	const manifest: unknown = extensions.getExtension(id)?.packageJSON;
	const name =
		typeof manifest === 'object' && manifest !== null && 'displayName' in manifest ? manifest.displayName : undefined;
	return typeof name === 'string' && name !== '' ? `“${name}” (${id})` : id;
}
