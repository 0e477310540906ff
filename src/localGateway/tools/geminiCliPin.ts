import { fieldsOf, objectIn } from '../../common/json';

/**
 * gemini-cli takes another address only if its settings name the way to sign in; else it exits with code 41. So
 * `security.auth.selectedType` must be `gemini-api-key` there.
 */
const wanted = 'gemini-api-key';

export type PinState =
	| { readonly state: 'set' }
	/** What the file would hold. */
	| { readonly state: 'missing'; readonly text: string }
	/** The file is not the plain JSON that a program may rewrite; a person may have put comments into it. */
	| { readonly state: 'unreadable' };

/** @param text of gemini-cli's `settings.json`; undefined where there is none */
export function pinIn(text: string | undefined): PinState {
	const settings = text === undefined || text.trim() === '' ? {} : objectIn(text);
	if (settings === undefined) return { state: 'unreadable' };
	const security = fieldsOf(settings['security']);
	const auth = fieldsOf(security['auth']);
	if (auth['selectedType'] === wanted) return { state: 'set' };
	const pinned = { ...settings, security: { ...security, auth: { ...auth, selectedType: wanted } } };
	return { state: 'missing', text: `${JSON.stringify(pinned, undefined, 2)}\n` };
}
