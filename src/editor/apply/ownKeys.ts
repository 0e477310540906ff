import { l10n } from 'vscode';
import { redacted } from '../../masking/redacted';

/**
 * The code of an answer with the person's own key where the answer hides it, so that the code that it replaces keeps its key.
 * Undefined where nobody can tell which key stands where.
 *
 * @param keys those in the replaced code
 */
export function withOwnKeys(code: string, replaced: string, keys: readonly string[]): string | undefined {
	if (keys.length === 0 || !code.includes(redacted)) return code;
	const [key = '', ...others] = new Set(keys);
	return others.length === 0 && !replaced.includes(redacted) ? code.replaceAll(redacted, () => key) : undefined;
}

export function unclearKeys(): string {
	return l10n.t(
		'An answer does not show your own keys, and this code has several. Nothing was applied: select code with one key at most.',
	);
}
