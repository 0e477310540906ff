import type { StateStore, ModelRecord } from './stateStore';

/** What an alias stands for, as far as it was learnt, through as many names as it takes. */
export function resolveAlias(store: StateStore, model: string): string {
	return resolveIn(store.replica().model, model);
}

/** The same in documents that were read before. Names that lead back to each other are one model: the first of them. */
export function resolveIn(models: { get(model: string): ModelRecord | undefined }, model: string): string {
	let next = models.get(model)?.resolvesTo?.model;
	if (next === undefined) return model;
	const names = [model];
	for (; next !== undefined; next = models.get(next)?.resolvesTo?.model) {
		const before = names.indexOf(next);
		if (before >= 0) return names.slice(before).sort()[0] ?? next;
		names.push(next);
	}
	return names.at(-1) ?? model;
}
