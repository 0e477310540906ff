import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { seeded } from '../support/simulator/stand';
import { differenceOf, kindNames } from './kinds';
import { mutate, type Told } from './mutate';
import { loadOther, ours } from './opinions';

const bodies = 10_000;

/**
 * Lets both classifiers look at 10,000 mutated bodies. Answers the exit code: 0 where differences.md explains every kind
 * of difference that came up. Arguments: a seed, and a kind of which all cases are to be shown.
 */
export async function judge([seedText = '7', shown]: readonly string[]): Promise<number> {
	const seed = Number(seedText);
	const other = await loadOther();
	const recorded = readRecorded();
	const chance = seeded(seed);
	const met = new Map<string, number>();
	const unexplained = new Map<string, string>();
	const explained = readExplained();
	let agreed = 0;
	for (let n = 0; n < bodies; n++) {
		const told = mutate(recorded, chance);
		const our = ours(told);
		const their = other(told);
		const kind = differenceOf(our, their, told);
		if (kind === undefined) {
			agreed++;
			continue;
		}
		met.set(kind, (met.get(kind) ?? 0) + 1);
		const example = `${JSON.stringify(our)} / ${JSON.stringify(their)}\n  ${told.status} ${told.text.slice(0, 4000)}`;
		if (kind === shown) console.log(`${example}\n`);
		if (!explained.has(kind)) unexplained.set(kind, example);
	}
	console.log(`${bodies} bodies of seed ${seed}: ${agreed} judged alike`);
	for (const [kind, count] of [...met].sort(([, a], [, b]) => b - a))
		console.log(`${String(count).padStart(6)}  ${kind}`);
	for (const kind of kindNames.filter((name) => !met.has(name))) console.log(`     0  ${kind}`);
	for (const [kind, example] of unexplained) console.log(`\nnot explained: ${kind}\n  ${example}`);
	console.log(`${met.size - unexplained.size} passed, ${unexplained.size} failed`);
	return unexplained.size === 0 ? 0 : 1;
}

function readRecorded(): readonly Told[] {
	const folder = path.join(import.meta.dirname, '../fixtures/errors');
	return readdirSync(folder)
		.filter((name) => /^\d{3}_.*\.json$/.test(name))
		.map((name) => ({ status: Number(name.slice(0, 3)), text: readFileSync(path.join(folder, name), 'utf8') }));
}

/** The headings of the kinds. */
function readExplained(): ReadonlySet<string> {
	const text = readFileSync(path.join(import.meta.dirname, 'differences.md'), 'utf8');
	return new Set([...text.matchAll(/^### (.+)$/gm)].map(([, kind = '']) => kind));
}
