import { extensions, l10n } from 'vscode';
import { askWarning } from '../../ui/messages';
import { oneLine } from '../../ui/safeText';
import type { AskPerson } from './consent';

/** Asks in a dialog whether an extension may use the keys, or a team's gateway in place of them. */
export async function askConsent(extension: string | undefined, isGatewayUsed: boolean): ReturnType<AskPerson> {
	const { t } = l10n;
	const allow = t('Allow');
	const session = t('Allow for This Session');
	const never = t('Never Allow');
	const detail = isGatewayUsed
		? t(
				'Its requests count against what your team’s gateway allows you. You can change this later: Keypool: Manage Access of Extensions.',
			)
		: t(
				'Its requests use the quota of your keys, and cost money on paid projects. You can change this later: Keypool: Manage Access of Extensions.',
			);
	const question =
		extension === undefined
			? t('An extension that VS Code does not name wants to ask Gemini through Keypool. Allow it?')
			: t('The extension {0} wants to ask Gemini through Keypool. Allow it?', nameOfExtension(extension));
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
}

/** Characters of a name. */
const maxName = 60;

/** An extension names itself as it likes: its id stands beside, where no name can push it away or close its quotation marks. */
export function nameOfExtension(id: string): string {
	const manifest: unknown = extensions.getExtension(id)?.packageJSON;
	const name =
		typeof manifest === 'object' && manifest !== null && 'displayName' in manifest ? manifest.displayName : undefined;
	const shown = typeof name === 'string' ? oneLine(name, maxName).replace(/[“”"]/g, '’') : '';
	return shown === '' ? id : `“${shown}” (${id})`;
}
