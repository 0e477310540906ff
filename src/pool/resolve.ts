import type { Ledger } from './ledger';

/** What an alias stands for, as far as it was learnt. */
export function resolve(ledger: Ledger, model: string): string {
	return ledger.replica().model.get(model)?.resolvesTo?.model ?? model;
}
