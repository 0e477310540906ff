import { googlePrices } from './googlePrices';
import { newerPrices } from './newerPrices';
import { overridesOf, type OwnPrice } from './ownPrices';
import { Prices, type PriceOverrides } from './prices';

/** Google's list prices, where the setting says nothing else. */
export function createPrices(own: () => Readonly<Record<string, OwnPrice>>): Prices {
	let read: Readonly<Record<string, OwnPrice>> | undefined;
	let overrides: PriceOverrides = {};
	return new Prices({ ...googlePrices, models: [...newerPrices, ...googlePrices.models] }, () => {
		const current = own();
		if (current !== read) overrides = overridesOf(current);
		read = current;
		return overrides;
	});
}

/** ms. A list that is older than this may be wrong. */
const staleAfterMs = 90 * 24 * 3_600_000;

/** The day of the list, and whether it is old by `now` (ms since 1970). */
export function priceListAge(now: number): { readonly date: string; readonly isOld: boolean } {
	const { date } = googlePrices;
	return { date, isOld: now - Date.parse(date) > staleAfterMs };
}
