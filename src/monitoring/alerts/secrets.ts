import type { Disposable } from '../../common/dispose';

/** What alerts keep in the secret storage, by name: who holds such an address can write there. */
export const alertSecrets = {
	slack: 'alerts.slack',
	discord: 'alerts.discord',
	webhook: 'alerts.webhook',
	/** Signs what goes to the webhook. */
	signingKey: 'alerts.signingKey',
	mailPassword: 'alerts.mailPassword',
} as const;

export type AlertSecret = keyof typeof alertSecrets;

/** The part of VS Code's SecretStorage that alerts need. */
export interface AlertSecretStore {
	get(name: string): PromiseLike<string | undefined>;
	store(name: string, value: string): PromiseLike<void>;
	delete(name: string): PromiseLike<void>;
	onDidChange(listener: (change: { readonly key: string }) => void): Disposable;
}

export function isAlertSecret(name: string): boolean {
	return Object.values<string>(alertSecrets).includes(name);
}
