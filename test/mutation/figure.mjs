// The mutation score as a page, from what Stryker keeps between runs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { root } from '../../scripts/vscode/setup.mjs';

/** Percent; the least that the project asks of itself. */
const goal = 85;

/**
 * Writes the page and says the figure.
 *
 * @param {{ room: string, files: string[], kept: string }[]} rooms `kept` names what Stryker knows of the room
 * @param {boolean} isWhole whether the run came to every file; of some Stryker knows nothing, because it finds nothing to break there
 * @returns {boolean} whether every file was reached, no mutant left untried, and the goal met
 */
export function writeFigure(page, rooms, minutes, isWhole) {
	const tallies = rooms.map(({ room, files, kept }) => {
		const known = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')).files : {};
		return { room, rows: files.filter(hasCode).map((file) => ({ name: file, ...tally(known[file]?.mutants) })) };
	});
	const rows = tallies.flatMap((one) => one.rows);
	const missing = isWhole ? [] : rows.filter(({ reached }) => !reached).map(({ name }) => name);
	const all = sum('both', rows);
	const text = `# Mutation score

Written by \`npm run mutation\`, which [PROOFS.md](PROOFS.md) describes. Each mutant is the engine with one small fault; it is
noticed when a test fails or never ends.

Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? 'unknown processor'} x ${cpus().length}, ${platform()} ${arch()}; the last run took ${Math.ceil(minutes)} min and kept
the results of earlier runs.

${missing.length === 0 ? 'Every file was reached.' : `Not reached yet: ${missing.map((file) => `\`${file}\``).join(', ')}.`}
${all.untried === 0 ? 'No mutant was left out.' : `${all.untried} mutants of values that are computed once, when a file is read, were left out (\`--ignoreStatic\`).`}

${table('room', [...tallies.map((one) => sum(`\`${one.room}\``, one.rows)), all])}

${table(
	'file',
	rows.filter(({ total }) => total > 0).map((row) => ({ ...row, name: `\`${row.name}\`` })),
)}
`;
	writeFileSync(page, text);
	console.log(
		`${percent(all)} of ${all.total} mutants noticed; ${all.untried} not tried; ${missing.length} files not reached`,
	);
	return missing.length === 0 && all.untried === 0 && all.noticed / all.total >= goal / 100;
}

/** A file of types alone has nothing to break. */
function hasCode(file) {
	const text = readFileSync(path.join(root, file), 'utf8');
	const compilerOptions = { module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, removeComments: true };
	const { outputText } = ts.transpileModule(text, { compilerOptions });
	return outputText.replace('export {};', '').trim() !== '';
}

/** Mutants that cannot run say nothing about the tests. */
function tally(mutants) {
	const count = (...states) => (mutants ?? []).filter(({ status }) => states.includes(status)).length;
	const noticed = count('Killed', 'Timeout');
	const untried = count('Ignored', 'Pending');
	return { reached: mutants !== undefined, noticed, untried, total: noticed + count('Survived', 'NoCoverage') };
}

function sum(name, rows) {
	const of = (field) => rows.reduce((to, row) => to + row[field], 0);
	return { name, noticed: of('noticed'), untried: of('untried'), total: of('total') };
}

function table(of, rows) {
	const lines = rows.map((row) => `| ${row.name} | ${row.total} | ${row.noticed} | ${percent(row)} |`);
	return [`| ${of} | mutants | noticed | score |`, '| --- | ---: | ---: | ---: |', ...lines].join('\n');
}

function percent({ noticed, total }) {
	return total === 0 ? '-' : `${((noticed / total) * 100).toFixed(1)} %`;
}
