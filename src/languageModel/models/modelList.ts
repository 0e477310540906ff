import type { Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import type { ModelInfo } from '../../gemini/gemini';
import type { Words } from '../../localization/words';
import { settled, type Dispose, type Settled, type Snapshot } from '../../pool/pool';
import { modelEntries, settingEntry, type ModelEntry } from './modelEntries';

export interface ModelListParts {
	/** The service's list, kept for a while; asking it uses no quota. */
	readonly catalogue: {
		read(signal: AbortSignal): Promise<readonly ModelInfo[]>;
		readonly known: readonly ModelInfo[];
	};
	/** The setting's model, then its fallbacks. */
	readonly configured: () => readonly [model: string, ...others: string[]];
	/** Resolves to whether the keys could be read. */
	readonly readKeys: () => Promise<boolean>;
	readonly snapshot: () => Snapshot;
	/** Tells that the snapshot is another one. */
	readonly onDidChangePool: (listener: () => void) => Dispose;
	/** Tells that `configured` has changed. */
	readonly onDidChangeSettings: (listener: () => void) => Disposable;
	readonly words: Words;
	/** Runs once after some ms. */
	readonly after: (ms: number, run: () => void) => Dispose;
	readonly report: (error: unknown) => void;
}

/** ms. The pool changes many times a second while it answers; a list need not. */
const settleMs = 500;

/** The models that the editor offers, and when they change. */
export class ModelList implements Disposable {
	private readonly changed: Emitter<undefined>;
	private readonly off: Dispose;
	private readonly settings: Disposable;
	private readonly settling: Settled;
	/** The list that was handed out last, as text. */
	private handedOut: string | undefined;

	constructor(private readonly parts: ModelListParts) {
		this.changed = new Emitter<undefined>(parts.report);
		this.settling = settled(parts, settleMs, () => this.look());
		this.off = parts.onDidChangePool(this.settling.soon);
		this.settings = parts.onDidChangeSettings(this.settling.soon);
	}

	onDidChange(listener: () => void): Disposable {
		return this.changed.event(() => listener());
	}

	/** None without a key. Where the service cannot be asked, those that the settings name. */
	async read(signal: AbortSignal): Promise<readonly ModelEntry[]> {
		const { catalogue, readKeys, report } = this.parts;
		if ((await readKeys()) && this.hasKeys) {
			await catalogue.read(signal).catch((error: unknown) => {
				if (!signal.aborted) report(error);
			});
		}
		const entries = this.entries();
		this.handedOut = JSON.stringify(entries);
		return entries;
	}

	/** The model that an entry asks now. */
	modelOf(entry: string): string {
		return entry === settingEntry ? this.parts.configured()[0] : entry;
	}

	/** What the service says of a model; undefined where it has not told. */
	infoOf(model: string): ModelInfo | undefined {
		return this.parts.catalogue.known.find(({ id }) => id === model);
	}

	/** Also such as may not be used now: who asks hears why, and of a model that is gone the editor says nothing. */
	get hasKeys(): boolean {
		return this.parts.snapshot().keys.some(({ key }) => key.enabled);
	}

	dispose(): void {
		this.settling.dispose();
		this.off();
		this.settings.dispose();
		this.changed.dispose();
	}

	private entries(): readonly ModelEntry[] {
		const { catalogue, configured, words } = this.parts;
		if (!this.hasKeys) return [];
		return modelEntries({ models: catalogue.known, configured: configured(), snapshot: this.parts.snapshot(), words });
	}

	private look(): void {
		if (this.handedOut !== undefined && JSON.stringify(this.entries()) !== this.handedOut) this.changed.fire(undefined);
	}
}
