import type { Key, KeyId, Project, ProjectId } from './key';

/** The configured keys in order, with their projects, ready to look up. */
export class KeySet {
	readonly keys: readonly Key[];
	readonly order: readonly KeyId[];
	readonly enabled: number;
	/** Enabled keys of paid projects. */
	readonly enabledPaid: number;
	private readonly byId: ReadonlyMap<KeyId, Key>;
	private readonly projects: ReadonlyMap<ProjectId, Project>;

	constructor(keys: readonly Key[], projects: readonly Project[]) {
		this.keys = [...new Map(keys.map((key) => [key.id, key])).values()].sort(byRank);
		this.order = this.keys.map(({ id }) => id);
		this.enabled = this.keys.filter(({ enabled }) => enabled).length;
		this.byId = new Map(this.keys.map((key) => [key.id, key]));
		this.projects = new Map(projects.map((project) => [project.id, project]));
		this.enabledPaid = this.keys.filter((key) => key.enabled && this.project(key.project).tier === 'paid').length;
	}

	key(id: KeyId): Key | undefined {
		return this.byId.get(id);
	}

	/** An unknown project counts as free. */
	project(id: ProjectId): Project {
		return this.projects.get(id) ?? { id, tier: 'free' };
	}

	/** The keys that share this key's project or billing account, including the key itself. */
	sharing(id: KeyId, scope: 'key' | 'project' | 'account'): readonly KeyId[] {
		const key = this.byId.get(id);
		if (!key || scope === 'key') return [id];
		const { account } = this.project(key.project);
		return this.keys
			.filter((other) => {
				if (other.project === key.project) return true;
				return scope === 'account' && account !== undefined && this.project(other.project).account === account;
			})
			.map((other) => other.id);
	}
}

function byRank(a: Key, b: Key): number {
	if (a.sortOrder === b.sortOrder) return a.id < b.id ? -1 : 1;
	return a.sortOrder < b.sortOrder ? -1 : 1;
}
