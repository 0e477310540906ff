/** What a person has decided about an extension. `session`: until the window closes. */
export type Decision = 'allowed' | 'allowedForSession' | 'refused' | 'refusedForSession';

/** Asks a person; undefined where they closed the question. */
export type AskPerson = (extension: string | undefined) => Promise<'allow' | 'session' | 'never' | undefined>;

/** What outlives the window, such as the editor's own memory. */
export interface ConsentStore {
	get(name: string): unknown;
	update(name: string, value: unknown): PromiseLike<void>;
}

const storedName = 'keypool.languageModel.access';
/** A request that names nobody. */
const unknownName = '';
/** Extensions that are remembered. */
const maxRemembered = 200;

/** The editor itself, and its own chat, whose extension comes with it. */
const editorsOwn: ReadonlySet<string> = new Set(['core', 'github.copilot-chat', 'github.copilot']);

export function isEditorsOwn(initiator: string): boolean {
	return editorsOwn.has(nameOf(initiator));
}

/** Which extensions may spend the keys' quota: each is asked about once, at its first request. */
export class Consent {
	private readonly session = new Map<string, 'allowedForSession' | 'refusedForSession'>();
	private readonly asking = new Map<string, Promise<boolean>>();
	/** What ends the requests under way of an extension. */
	private readonly stops = new Map<string, AbortController>();

	constructor(
		private readonly store: ConsentStore,
		private readonly askPerson: AskPerson,
		/** Our own extension. */
		private readonly own: string,
		/** Hears of each decision, once it counts. */
		private readonly onDecided: () => void,
	) {}

	/** @param initiator the id of the extension that asks; absent where the editor does not tell */
	async allows(initiator: string | undefined): Promise<boolean> {
		const name = nameOf(initiator);
		if (isEditorsOwn(name) || name === this.own.toLowerCase()) return true;
		const decided = this.decisionOf(name);
		if (decided !== undefined) return decided === 'allowed' || decided === 'allowedForSession';
		// Requests side by side share one question.
		const asking = this.asking.get(name) ?? this.ask(name);
		this.asking.set(name, asking);
		try {
			return await asking;
		} finally {
			this.asking.delete(name);
		}
	}

	/** Aborted once the person refuses the extension in this window. */
	refusal(initiator: string | undefined): AbortSignal {
		const name = nameOf(initiator);
		const stop = this.stops.get(name) ?? new AbortController();
		this.stops.set(name, stop);
		return stop.signal;
	}

	/** All that was decided, by the id of the extension; the empty one stands for requests that name nobody. */
	get decisions(): ReadonlyMap<string, Decision> {
		return new Map<string, Decision>([...this.session, ...this.stored]);
	}

	/** Undefined: the next request asks again. */
	async decide(extension: string, decision: 'allowed' | 'refused' | undefined): Promise<void> {
		this.session.delete(extension);
		const others = [...this.stored].filter(([name]) => name !== extension);
		const all = decision === undefined ? others : [...others, [extension, decision] as const];
		await this.store.update(storedName, Object.fromEntries(all.slice(-maxRemembered)));
		if (decision === 'refused') {
			this.stops.get(extension)?.abort();
			this.stops.delete(extension);
		}
		this.onDecided();
	}

	private async ask(name: string): Promise<boolean> {
		const answer = await this.askPerson(name === unknownName ? undefined : name);
		switch (answer) {
			case 'allow':
				await this.decide(name, 'allowed');
				return true;
			case 'never':
				await this.decide(name, 'refused');
				return false;
			case 'session':
				this.decideForSession(name, 'allowedForSession');
				return true;
			case undefined:
				// Who asks in a loop does not ask the person in a loop.
				this.decideForSession(name, 'refusedForSession');
				return false;
		}
	}

	private decideForSession(name: string, decision: 'allowedForSession' | 'refusedForSession'): void {
		this.session.set(name, decision);
		this.onDecided();
	}

	private decisionOf(name: string): Decision | undefined {
		// Where something is stored nobody is asked for the session: it came later, from another window.
		return this.stored.get(name) ?? this.session.get(name);
	}

	private get stored(): ReadonlyMap<string, 'allowed' | 'refused'> {
		const value = this.store.get(storedName);
		if (typeof value !== 'object' || value === null) return new Map();
		return new Map(
			Object.entries(value).flatMap(([name, decision]) =>
				decision === 'allowed' || decision === 'refused' ? [[name, decision] as const] : [],
			),
		);
	}
}

/** Ids of extensions are alike whatever their case. */
function nameOf(initiator: string | undefined): string {
	return initiator?.toLowerCase() ?? unknownName;
}
