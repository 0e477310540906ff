import { l10n } from 'vscode';
import { askText } from '../../ui/inputBox';
import { refusable } from '../../keys/keyring/keyring';
import { showingFailure } from '../../keys/keyring/keyringErrors';
import { showInformation } from '../../ui/messages';
import { metricsToken, tokenLength, tokenProblem } from './token';

export interface MetricsCommandsOptions {
	/** The part of VS Code's SecretStorage that the token needs. */
	readonly secrets: {
		get(name: string): PromiseLike<string | undefined>;
		store(name: string, value: string): PromiseLike<void>;
		delete(name: string): PromiseLike<void>;
	};
	readonly report: (error: unknown) => void;
}

/** The command that sets, replaces or removes the token of the metrics page. */
export function metricsCommands(options: MetricsCommandsOptions) {
	return {
		'keypool.setMetricsToken': showingFailure(() => setToken(options.secrets), options.report),
	};
}

async function setToken(secrets: MetricsCommandsOptions['secrets']): Promise<void> {
	const isSet = (await refusable(() => secrets.get(metricsToken))) !== undefined;
	const value = await askText({
		title: l10n.t('Token of the metrics page'),
		prompt: isSet
			? l10n.t('A token is set. Enter another one, or leave this empty to remove it.')
			: l10n.t('A program that reads the page must send it as a bearer token. It is kept in the secret storage only.'),
		password: true,
		ignoreFocusOut: true,
		problem: (text) => problemInWords(text.trim()),
	});
	if (value === undefined) return;
	const token = value.trim();
	if (token === '') {
		await refusable(() => secrets.delete(metricsToken));
		void showInformation(l10n.t('The metrics page no longer needs a token.'));
		return;
	}
	await refusable(() => secrets.store(metricsToken, token));
	void showInformation(l10n.t('The metrics page needs this token from now on.'));
}

function problemInWords(token: string): string | undefined {
	const problem = token === '' ? undefined : tokenProblem(token);
	switch (problem) {
		case 'length':
			return l10n.t('A token has {0} to {1} characters.', tokenLength.min, tokenLength.max);
		case 'characters':
			return l10n.t('A token has only letters, digits and - . _ ~ + /');
		case undefined:
			return undefined;
	}
}
