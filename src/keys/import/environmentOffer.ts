import { environmentNames } from './environmentNames';
import type { ParsedKeys } from './parseKeys';

type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentOfferParts {
	/** The environment of the extension host. */
	readonly environment: () => Environment;
	/** Loaded only if there is something to parse: most environments have no key. */
	readonly parse: (environment: Environment) => Promise<Pick<ParsedKeys, 'recognised'>>;
	/** Kept after the window closes. */
	readonly memory: {
		get(name: string): unknown;
		update(name: string, value: unknown): Thenable<void>;
	};
	/** Shows the offer in the keys view, or hides it. */
	readonly setOffered: (isOffered: boolean) => Thenable<unknown>;
	readonly report: (error: unknown) => void;
}

const offered = 'keypool.offeredEnvironment';

/**
 * Offers the keys of the environment in the empty keys view, once for each installation. It stores nothing: the offer opens a
 * list of masked keys to choose from.
 */
export class EnvironmentOffer {
	private isOffered = false;

	constructor(private readonly parts: EnvironmentOfferParts) {}

	/** Looks for keys, and shows the offer if there are any. */
	async start(): Promise<void> {
		const { environment, parse, memory } = this.parts;
		const variables = environment();
		if (memory.get(offered) === true) return;
		if (environmentNames.every((name) => (variables[name] ?? '').trim() === '')) return;
		if ((await parse(variables)).recognised.length > 0) await this.show(true);
	}

	/** The user has seen the keys: they are not offered again. */
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
