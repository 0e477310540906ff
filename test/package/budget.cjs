// What a package may weigh, and what a start may read.
const budgets = require('./budget.json');

/** What grew too much, in a sentence each; empty when all is well. */
function overBudget({ bytes, activation }) {
	return [
		['the package', bytes, budgets.package],
		['what activation reads', activation, budgets.activation],
	].flatMap(([what, is, { goal, recorded }]) => [
		...(is > goal ? [`${what}: ${is} bytes, over the goal of ${goal}`] : []),
		...(is > recorded * 1.05 ? [`${what}: ${is} bytes, over 5 % more than the ${recorded} on record`] : []),
	]);
}

module.exports = { budgets, overBudget };
