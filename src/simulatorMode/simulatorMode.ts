import { DisposableStore, type Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { TransportOverride } from '../gemini/gemini';
import type { KeyId } from '../pool/pool';
import { refusable, type Keyring, type Keys, type SecretStore } from '../keys/keyring/keyring';
import type { Fixtures } from './fixtures';
import { isSimulated } from './names';
import type { SimulatedStore } from './simulatedStore';

/** What the pool may have stored about simulated keys. */
export interface Leftovers {
	readonly keys: ReadonlySet<string>;
	readonly projects: ReadonlySet<string>;
}

export interface SimulatorModeParts {
	/** Holds the mark that simulator mode is on: every window sees it change, and it survives a reload. */
	readonly store: SecretStore;
	readonly simulated: SimulatedStore;
	/** Over `simulated`. */
	readonly keyring: Pick<Keyring, 'list' | 'load' | 'onDidChange'>;
	readonly load: () => Promise<Fixtures>;
	/** Receives the simulated keys and projects after they are removed. */
	readonly onLeft: (leftovers: Leftovers) => Promise<void>;
	readonly report: (error: unknown) => void;
}

const markName = 'simulator';

/**
 * The simulator in the product: fills an empty keyring with simulated keys in every window, and removes them when the user
 * leaves, or as soon as there is a real key. Real and simulated keys are never used together.
 */
export class SimulatorMode implements Disposable {
	private readonly owned = new DisposableStore();
	private readonly changed: Emitter<boolean>;
	private fixtures: Fixtures | undefined;
	private readonly seen = { keys: new Set<string>(), projects: new Set<string>() };
	private tail: Promise<unknown> = Promise.resolve();
	readonly onDidChange: Emitter<boolean>['event'];

	/** The transport of simulated keys: the simulator while the mode is on, otherwise an error. No other key uses it. */
	private readonly simulatorTransport: TransportOverride = {
		baseUrl: 'https://simulator.invalid',
		fetch: (input, init) =>
			this.fixtures?.fetch(input, init) ?? Promise.reject(new TypeError('The simulator has been left.')),
	};

	constructor(private readonly parts: SimulatorModeParts) {
		this.changed = this.owned.add(new Emitter<boolean>(parts.report));
		this.onDidChange = this.changed.event;
		this.owned.add(
			parts.store.onDidChange(({ key }) => {
				if (key === markName) this.settle().catch(parts.report);
			}),
		);
		this.owned.add(
			parts.keyring.onDidChange((keys) => {
				if (!this.isOn) return;
				for (const key of keys.keys.filter(({ id }) => isSimulated({ key: id }))) {
					this.seen.keys.add(key.id);
					this.seen.projects.add(key.project);
				}
				if (!onlySimulated(keys)) this.leave().catch(parts.report);
			}),
		);
	}

	/** Whether the keys are simulated. */
	get isOn(): boolean {
		return this.fixtures !== undefined;
	}

	/** Whether a key is or was simulated. */
	has(key: KeyId): boolean {
		return isSimulated({ key });
	}

	readonly transportOverride = (secret: string): TransportOverride | undefined =>
		isSimulated({ secret }) ? this.simulatorTransport : undefined;

	/** The usable keys: if there is a real one, no simulated ones. */
	usable({ keys, projects }: Keys): Keys {
		const real = keys.filter((key) => !isSimulated({ key: key.id }));
		return real.length === 0 ? { keys, projects } : { keys: real, projects };
	}

	/** Restores the mode of the last session. Call it once, after the keyring is loaded. Fires `onDidChange` in any case. */
	async resume(): Promise<void> {
		await this.settle();
		this.changed.fire(this.isOn);
	}

	/** Does nothing if there are keys. */
	async enter(): Promise<void> {
		if (this.parts.keyring.list().keys.length > 0) return;
		await refusable(() => this.parts.store.store(markName, 'on'));
		await this.settle();
	}

	async leave(): Promise<void> {
		await refusable(() => this.parts.store.delete(markName));
		await this.settle();
	}

	dispose(): void {
		this.owned.dispose();
	}

	/** Brings the mode in line with the mark and the keys. Calls run one after the other. */
	private settle(): Promise<void> {
		const run = this.tail.then(async () => {
			const { store, keyring } = this.parts;
			const isMarked = (await refusable(() => store.get(markName))) !== undefined;
			const isReal = keyring.list().keys.some((key) => !isSimulated({ key: key.id }));
			if (isMarked && isReal) await refusable(() => store.delete(markName));
			if (isMarked && !isReal) await this.begin();
			else await this.end();
		});
		this.tail = run.catch(() => undefined);
		return run;
	}

	private async begin(): Promise<void> {
		if (this.fixtures) return;
		const { load, simulated, keyring } = this.parts;
		this.fixtures = await load();
		simulated.fill(this.fixtures.entries);
		await keyring.load();
		this.changed.fire(true);
	}

	private async end(): Promise<void> {
		if (!this.fixtures) return;
		const { simulated, keyring, onLeft } = this.parts;
		this.fixtures = undefined;
		simulated.clear();
		await keyring.load();
		this.changed.fire(false);
		await onLeft({ keys: new Set(this.seen.keys), projects: new Set(this.seen.projects) });
	}
}

/** Whether there are keys, and none is real. */
function onlySimulated({ keys }: Keys): boolean {
	return keys.length > 0 && keys.every((key) => isSimulated({ key: key.id }));
}
