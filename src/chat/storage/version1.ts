import { isObject, renamed, within } from '../../common/json';

/** What version 0.1.0 saved of a turn as it is saved now; anything else as it is. */
export function turnFromVersion1(saved: unknown): unknown {
	if (!isObject(saved) || saved['v'] !== 1) return saved;
	return within({ ...saved, v: 2 }, 'answer', (answer) => {
		const names = {
			is: 'state',
			account: 'summary',
			finished: 'finishReason',
			why: 'reason',
		};
		const why = answer['why'] === 'ledgerDown' ? { why: 'storeUnavailable' } : {};
		const withSummary = within(renamed({ ...answer, ...why }, names), 'summary', (summary) =>
			renamed(summary, { trail: 'attempts' }),
		);
		return within(withSummary, 'facts', (facts) => renamed(facts, { said: 'serviceMessage' }));
	});
}

/** The same for what is saved beside the turns: its fields have kept their names. */
export function aboutFromVersion1(saved: unknown): unknown {
	return isObject(saved) && saved['v'] === 1 ? { ...saved, v: 2 } : saved;
}
