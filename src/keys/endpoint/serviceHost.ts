export type RefusedAddress = 'notAUrl' | 'notHttps' | 'credentials' | 'query';

/** An address that keys could be sent to. */
export interface GoodAddress {
	readonly ok: true;
	readonly kind: 'google' | 'loopback' | 'other';
	readonly host: string;
}

/** What is known of the address in force. */
export type CheckedAddress = GoodAddress | { readonly ok: false; readonly reason: RefusedAddress };

export interface ServiceHostOptions {
	/** The address in force, judged. */
	readonly check: () => CheckedAddress;
	/** Hosts that a person has confirmed before; kept outside settings, so that no workspace can write them. */
	readonly confirmed: () => readonly string[];
	readonly remember: (host: string) => PromiseLike<void>;
	/** Asks a person whether this host may receive the keys. */
	readonly confirm: (host: string) => PromiseLike<boolean>;
	/** Says why the address is refused. */
	readonly onRefused: (reason: RefusedAddress) => void;
}

/** Who may receive the keys: Google, this computer, and hosts that a person confirmed once. */
export class ServiceHost {
	private question: { readonly host: string; readonly answer: Promise<boolean> } | undefined;
	private reported: RefusedAddress | undefined;

	constructor(private readonly options: ServiceHostOptions) {}

	/** Asks at most once at a time for each host; a no holds until the next act. */
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
		// A setting can change while the question stands: the answer is about the host that it names.
		return (await this.question.answer) && this.isAllowed;
	}

	/** Whether keys may go there without a question, for what nobody is waiting for. */
	get isAllowed(): boolean {
		const check = this.options.check();
		return check.ok && this.mayReceiveKeys(check);
	}

	/** Whether keys may go to this address, whatever is in force by now. */
	readonly mayReceiveKeys = ({ kind, host }: GoodAddress): boolean =>
		kind !== 'other' || this.options.confirmed().includes(host);

	private async ask(host: string): Promise<boolean> {
		const yes = await this.options.confirm(host);
		if (yes) await this.options.remember(host);
		return yes;
	}
}
