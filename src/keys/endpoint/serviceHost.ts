export type RefusedAddress = 'notAUrl' | 'notHttps' | 'credentials' | 'query';

/** A valid address. Keys may still not be sent there. */
export interface GoodAddress {
	readonly ok: true;
	readonly kind: 'google' | 'loopback' | 'other';
	readonly host: string;
}

/** The configured address, validated. */
export type CheckedAddress = GoodAddress | { readonly ok: false; readonly reason: RefusedAddress };

export interface ServiceHostOptions {
	/** Validates the configured address. */
	readonly check: () => CheckedAddress;
	/** Hosts that the user has confirmed; kept outside settings, so that no workspace can add one. */
	readonly confirmed: () => readonly string[];
	readonly remember: (host: string) => PromiseLike<void>;
	/** Asks the user whether this host may receive the keys. */
	readonly confirm: (host: string) => PromiseLike<boolean>;
	/** Shows why the address is refused. */
	readonly onRefused: (reason: RefusedAddress) => void;
}

/** Decides who may receive keys: Google, this computer, and hosts that the user confirmed once. */
export class ServiceHost {
	private question: { readonly host: string; readonly answer: Promise<boolean> } | undefined;
	private reported: RefusedAddress | undefined;

	constructor(private readonly options: ServiceHostOptions) {}

	/** Asks if needed, with one open question for each host. A no counts for the callers that waited for it. */
	async allowed(): Promise<boolean> {
		const check = this.options.check();
		if (!check.ok) {
			if (this.reported !== check.reason) this.options.onRefused(check.reason);
			this.reported = check.reason;
			return false;
		}
		this.reported = undefined;
		if (this.mayReceiveKeys(check)) return true;
		if (this.question?.host !== check.host) {
			const asking = {
				host: check.host,
				answer: this.ask(check.host).finally(() => {
					if (this.question === asking) this.question = undefined;
				}),
			};
			this.question = asking;
		}
		// The setting can change while the question is open: the answer counts for the host in the question only.
		return (await this.question.answer) && this.isAllowed;
	}

	/** Whether keys may go to the configured host without a question: for background work. */
	get isAllowed(): boolean {
		const check = this.options.check();
		return check.ok && this.mayReceiveKeys(check);
	}

	/** Whether keys may go to this address, whichever is configured now. */
	readonly mayReceiveKeys = ({ kind, host }: GoodAddress): boolean =>
		kind !== 'other' || this.options.confirmed().includes(host);

	private async ask(host: string): Promise<boolean> {
		const yes = await this.options.confirm(host);
		if (yes) await this.options.remember(host);
		return yes;
	}
}

/** Why an address is refused, to follow a colon. */
export function describeRefusedAddress(reason: RefusedAddress, t: (message: string) => string): string {
	switch (reason) {
		case 'notAUrl':
			return t('it is not a valid address. Write it like https://generativelanguage.googleapis.com.');
		case 'notHttps':
			return t('it must begin with https, except on this computer.');
		case 'credentials':
			return t('it must not contain a user name or a password.');
		case 'query':
			return t('it must not contain a question mark or a hash sign.');
	}
}
