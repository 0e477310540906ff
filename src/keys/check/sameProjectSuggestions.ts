import type { KeyId, Pool } from '../../pool/pool';
import type { Keyring } from '../keyring/keyring';
import { joinProjects, sharedProjectMatches, type SharedProjectMatch } from './sameProject';

/**
 * Which keys are suggested to be put together: each match once while the window runs, and again when a person checks a key.
 * While a command checks keys, its own notice says so, and what the pool learns from the same answers waits.
 */
export class SameProjectSuggestions {
	private readonly told = new Set<string>();
	private readonly waiting = new Set<KeyId>();
	private checks = 0;

	constructor(
		private readonly keyring: Pick<Keyring, 'list' | 'update' | 'updateProject'>,
		private readonly pool: Pick<Pool, 'isTierRevoked'>,
		private readonly suggest: (matches: readonly SharedProjectMatch[], join: () => Promise<void>) => void,
	) {}

	/** The matches of keys that a command has checked, for its notice. */
	take(among: readonly KeyId[]): readonly SharedProjectMatch[] {
		const matches = sharedProjectMatches(this.keyring.list(), among);
		for (const match of matches) this.told.add(nameOf(match));
		return matches;
	}

	/** A person wants it so. */
	join(matches: readonly SharedProjectMatch[]): Promise<void> {
		return joinProjects(matches, this.keyring, (project) => this.pool.isTierRevoked(project));
	}

	/** The service has named the project of a key while it answered. */
	learnt(key: KeyId): void {
		this.waiting.add(key);
		this.suggestWaiting();
	}

	/** A command checks keys, until the returned function is called. */
	hold(): () => void {
		this.checks++;
		return () => {
			this.checks--;
			this.suggestWaiting();
		};
	}

	private suggestWaiting(): void {
		if (this.checks > 0) return;
		const among = [...this.waiting];
		this.waiting.clear();
		const fresh = sharedProjectMatches(this.keyring.list(), among).filter((match) => !this.told.has(nameOf(match)));
		for (const match of fresh) this.told.add(nameOf(match));
		if (fresh.length > 0) this.suggest(fresh, () => this.join(fresh));
	}
}

function nameOf({ key, project }: SharedProjectMatch): string {
	return `${key.id} ${project}`;
}
