/** Dollars. What rounds to ten cents has their zero: two figures alone would make `$0.1` of it. */
const leastInCents = 0.0995;

/** Millionths of a dollar as people read them: `$4.20`, and with two figures that count where they are less than ten cents. */
export function createMoney(language: string): (microDollars: number) => string {
	let formats: { readonly cents: Intl.NumberFormat; readonly small: Intl.NumberFormat } | undefined;
	return (microDollars) => {
		formats ??= {
			cents: new Intl.NumberFormat([language, 'en'], { style: 'currency', currency: 'USD' }),
			small: new Intl.NumberFormat([language, 'en'], {
				...{ style: 'currency', currency: 'USD', maximumSignificantDigits: 2 },
			}),
		};
		const dollars = microDollars / 1e6;
		return dollars !== 0 && Math.abs(dollars) < leastInCents
			? formats.small.format(dollars)
			: formats.cents.format(dollars);
	};
}
