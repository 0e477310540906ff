import { MinutePhase } from './time/minutePhase';
import { defaultQuota, resolveModel } from './quota/models';
import type { ProjectOptions, ServiceOptions } from './options';
import { nextPacificMidnight } from './time/pacificDay';
import { createAccount, type Account } from './quota/quota';
import type { Tier } from './bodies/quotaBodies';
import type { WindowKind } from './quota/windows';

/** Who owns quotas. */
export class Project {
	private readonly accounts = new Map<string, Account>();

	constructor(
		private readonly options: ProjectOptions,
		/** As bodies name it: `projects/<consumer>`. */
		readonly consumer: string,
		private readonly window: WindowKind,
		private readonly phase: MinutePhase,
		/** End of the day in which the service began; ms since 1970. */
		private readonly dayEnds: number,
	) {}

	get id(): string {
		return this.options.id;
	}

	get tier(): Tier {
		return this.options.tier;
	}

	/**
	 * What the project has used of a resolved model.
	 *
	 * @throws Error where no model has this name.
	 */
	account(model: string): Account {
		const known = this.accounts.get(model);
		if (known) {
			return known;
		}
		const resolved = resolveModel(model, 'v1');
		if (!resolved) {
			throw new Error(`The simulator has no model ${model}; name a resolved one.`);
		}
		const quota = this.options.quotas?.[model] ?? defaultQuota(resolved, this.tier);
		const earlier = this.options.spentToday?.[model] ?? 0;
		const account = createAccount(this.window, this.phase, quota, { requests: earlier, dayEnds: this.dayEnds });
		this.accounts.set(model, account);
		return account;
	}
}

export class Projects {
	private readonly all: ReadonlyMap<string, Project>;

	constructor({ projects, window = 'phased', clock, chance }: ServiceOptions) {
		const now = clock.now();
		const dayEnds = nextPacificMidnight(now);
		const create = (one: ProjectOptions, index: number): Project => {
			const phase = new MinutePhase(now - Math.floor(chance() * 60_000));
			return new Project(one, String(411_082_643_095 + index * 7919), window, phase, dayEnds);
		};
		this.all = new Map(projects.map((one, index) => [one.id, create(one, index)]));
	}

	/** @throws Error where the options named no such project. */
	get(id: string): Project {
		const project = this.all.get(id);
		if (!project) {
			throw new Error(`The simulator has no project ${id}.`);
		}
		return project;
	}
}
