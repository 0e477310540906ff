import { keysInEnvironment } from './envImport';

export interface EnvironmentOfferParts {
	/** The environment of the extension host. */
	readonly environment: () => Readonly<Record<string, string | undefined>>;
	/** Survives the window. */
	readonly memory: { get(name: string): unknown; update(name: string, value: unknown): Thenable<void> };
	/** Lets the view show the offer, or takes it away. */
	readonly setOffered: (isOffered: boolean) => Thenable<unknown>;
	readonly report: (error: unknown) => void;
}

const offered = 'keypool.offeredEnvironment';

/**
 * Offers keys that stand in the environment, in the keys view while it is empty: once for an installation, and without a
 * word anywhere else. Nothing is stored by it; the offer leads to a choice, where keys are masked.
 */
export class EnvironmentOffer {
	private isOffered = false;

	constructor(private readonly parts: EnvironmentOfferParts) {}

	/** Looks for keys, and lets the view offer them. */
	async start(): Promise<void> {
		const { environment, memory } = this.parts;
		const variables = environment();
		if (memory.get(offered) === true) return;
		if (keysInEnvironment(variables).recognised.length > 0) await this.show(true);
	}

	/** A person has seen the keys, whatever they chose. */
	async markShown(): Promise<void> {
		const { memory, report } = this.parts;
		try {
			if (memory.get(offered) !== true) await memory.update(offered, true);
			await this.show(false);
		} catch (error) {
			report(error);
		}
	}

	private async show(isOffered: boolean): Promise<void> {
		if (isOffered === this.isOffered) return;
		this.isOffered = isOffered;
		await this.parts.setOffered(isOffered);
	}
}
