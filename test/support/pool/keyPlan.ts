import { aKey } from '../aKey';
import type { Key, Project, ProjectId } from '../../../src/pool/pool';

export interface KeyPlan extends Partial<Omit<Key, 'id' | 'project'>> {
	readonly project?: string;
	readonly tier?: Project['tier'];
	readonly mayCost?: true;
	readonly account?: string;
	readonly limits?: Project['limits'];
	readonly dailyCap?: Project['dailyCap'];
	readonly budget?: Project['budget'];
}

export type KeyPlans = Readonly<Record<string, KeyPlan>>;

/** Keys by their names, in the order given, each of a project of its own (`p-` and its name) unless its plan says which. */
export function planned(plans: KeyPlans): [keys: readonly Key[], projects: readonly Project[]] {
	const projects = new Map<string, Project>();
	const keys = Object.entries(plans).map(([id, plan], index): Key => {
		const { project = `p-${id}`, tier = 'free', mayCost, account, limits, dailyCap, budget, ...own } = plan;
		projects.set(project, {
			id: project as ProjectId,
			tier,
			...(mayCost && { mayCost }),
			...(account ? { account } : {}),
			...(limits ? { limits } : {}),
			...(dailyCap ? { dailyCap } : {}),
			...(budget ? { budget } : {}),
		});
		return { ...aKey(id, project, index), ...own };
	});
	return [keys, [...projects.values()]];
}

/** So many keys of one plan, named in order. */
export function many(count: number, plan: KeyPlan = {}, name = 'k'): KeyPlans {
	return Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}${String(at).padStart(2, '0')}`, plan]));
}
