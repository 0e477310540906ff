// What a package may weigh, and what a start may read.
const budgets = require('./budget.json');

/** What grew too much, in a sentence each; empty when all is well. */
function overBudget({ bytes, activation, web }) {
	return [
		['the package', bytes, budgets.package],
		['what activation reads', activation, budgets.activation],
		['the file for a browser, by gzip', web, budgets.web],
	].flatMap(([what, is, { goal, recorded }]) => [
		...(is > goal ? [`${what}: ${is} bytes, over the goal of ${goal}`] : []),
		...(is > recorded * 1.05 ? [`${what}: ${is} bytes, over 5 % more than the ${recorded} on record`] : []),
	]);
}

/**
 * What every window reads at its start and right after it, before anybody asks for anything, and the packages that come
 * with it: each of them needs a reason.
 */
const early = {
	'src/extension.ts': [],
	// What other windows, or an older version, have written is judged before it is believed.
	'src/node/machine.ts': ['valibot'],
	'src/monitoring/startMonitoring.ts': ['valibot'],
};

/** What a start reads of other people's packages that it should not, in a sentence each; empty when all is well. */
function readTooEarly({ readWith }) {
	return Object.entries(early).flatMap(([file, allowed]) => {
		const packages = readWith[file];
		if (packages === undefined) return [`${file}: it is not read by itself any more`];
		return [
			...packages.filter((name) => !allowed.includes(name)).map((name) => `${file}: it is read with ${name}`),
			...allowed.filter((name) => !packages.includes(name)).map((name) => `${file}: it needs no ${name} any more`),
		];
	});
}

module.exports = { budgets, overBudget, readTooEarly };
