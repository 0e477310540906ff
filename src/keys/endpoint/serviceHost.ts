export type RefusedAddress = 'notAUrl' | 'notHttps' | 'credentials' | 'query';

/** An address that keys could be sent to. */
export interface GoodAddress {
	readonly ok: true;
	readonly kind: 'google' | 'loopback' | 'other';
	readonly host: string;
}

/** What is known of the address in force. */
export type JudgedAddress = GoodAddress | { readonly ok: false; readonly reason: RefusedAddress };

export interface ServiceHostOptions {
	/** The address in force, judged. */
	readonly check: () => JudgedAddress;
	/** Hosts that a person has confirmed before; kept outside settings, so that no workspace can write them. */
	readonly confirmed: () => readonly string[];
	readonly remember: (host: string) => PromiseLike<void>;
	/** Asks a person whether this host may receive the keys. */
	readonly confirm: (host: string) => PromiseLike<boolean>;
	/** Says why the address is refused. */
	readonly refuse: (reason: RefusedAddress) => void;
}

/** Who may receive the keys: Google, this computer, and hosts that a person confirmed once. */
export class ServiceHost {
	private asking: { readonly host: string; readonly answer: Promise<boolean> } | undefined;
	private told: RefusedAddress | undefined;

	constructor(private readonly options: ServiceHostOptions) {}

	/** Asks at most once at a time for each host; a no holds until the next act. */
	async allowed(): Promise<boolean> {
		const check = this.options.check();
		if (!check.ok) {
			if (this.told !== check.reason) this.options.refuse(check.reason);
			this.told = check.reason;
			return false;
		}
		this.told = undefined;
		if (this.isSettled(check)) return true;
		if (this.asking?.host !== check.host) {
			const asking = {
				host: check.host,
				answer: this.ask(check.host).finally(() => {
					if (this.asking === asking) this.asking = undefined;
				}),
			};
			this.asking = asking;
		}
		// A setting can change while the question stands: the answer is about the host that it names.
		return (await this.asking.answer) && this.settled;
	}

	/** Whether keys may go there without a question, for what nobody is waiting for. */
	get settled(): boolean {
		const check = this.options.check();
		return check.ok && this.isSettled(check);
	}

	/** Whether keys may go to this address, whatever is in force by now. */
	readonly isSettled = ({ kind, host }: GoodAddress): boolean =>
		kind !== 'other' || this.options.confirmed().includes(host);

	private async ask(host: string): Promise<boolean> {
		const yes = await this.options.confirm(host);
		if (yes) await this.options.remember(host);
		return yes;
	}
}
