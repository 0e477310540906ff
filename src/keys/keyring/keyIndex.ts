import type { Key, KeyId, Project, ProjectId } from '../../pool/pool';

/** The keys in the order of their ranks, and the projects that hold them. No secret is in here. */
export interface Keys {
	readonly keys: readonly Key[];
	readonly projects: readonly Project[];
}

/** What the keyring knows of its keys at the moment, in order. */
export class KeyIndex {
	private readonly keys = new Map<KeyId, Key>();
	private readonly projects = new Map<ProjectId, Project>();
	private listed: Keys = { keys: [], projects: [] };

	/** The same object until something changes. */
	list(): Keys {
		return this.listed;
	}

	get(id: KeyId): Key | undefined {
		return this.keys.get(id);
	}

	project(id: ProjectId): Project | undefined {
		return this.projects.get(id);
	}

	put(key: Key): void {
		this.keys.set(key.id, key);
	}

	putProject(project: Project): void {
		this.projects.set(project.id, project);
	}

	drop(id: KeyId): void {
		this.keys.delete(id);
	}

	ids(): readonly KeyId[] {
		return [...this.keys.keys()];
	}

	ordered(): readonly Key[] {
		return [...this.keys.values()].sort((a, b) => compare(a.rank, b.rank) || compare(a.id, b.id));
	}

	labels(except?: KeyId): Set<string> {
		return new Set([...this.keys.values()].filter((key) => key.id !== except).map((key) => key.label));
	}

	lastRank(): string | undefined {
		return this.ordered().at(-1)?.rank;
	}

	inUse(project: ProjectId): boolean {
		return [...this.keys.values()].some((key) => key.project === project);
	}

	/** Makes what was put the list; says whether that changed it. */
	settle(): boolean {
		for (const id of this.projects.keys()) {
			if (!this.inUse(id)) {
				this.projects.delete(id);
			}
		}
		const keys = this.ordered();
		const projectIds = new Set(keys.map((key) => key.project));
		const projects = [...projectIds].map((id) => this.projects.get(id) ?? { id, tier: 'free' as const });
		const next = { keys, projects };
		if (JSON.stringify(next) === JSON.stringify(this.listed)) {
			return false;
		}
		this.listed = next;
		return true;
	}
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
