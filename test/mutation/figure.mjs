// The mutation score as a page, from what Stryker keeps between runs.
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import path from 'node:path';

/** Percent; the least that the project asks of itself. */
const goal = 85;

/**
 * Writes docs/MUTATION.md and says the figure.
 *
 * @returns {boolean} whether every file was reached and the goal is met
 */
export function writeFigure(root, files, minutes) {
	const kept = JSON.parse(readFileSync(path.join(root, 'out/mutation/incremental.json'), 'utf8')).files;
	const rows = files.map((file) => ({ file, ...tally(kept[file]?.mutants) }));
	const reached = rows.filter(({ total }) => total !== undefined);
	const missing = rows.filter(({ total }) => total === undefined).map(({ file }) => file);
	const sum = (of) =>
		of.reduce((to, row) => ({ noticed: to.noticed + row.noticed, total: to.total + row.total }), none);
	const engine = sum(reached.filter(({ file }) => file.startsWith('src/pool/')));
	const failures = sum(reached.filter(({ file }) => file.startsWith('src/gemini/')));
	const line = (name, { noticed, total }) => `| ${name} | ${total} | ${noticed} | ${percent(noticed, total)} |`;
	const text = `# Mutation score

Written by \`npm run mutation\`; how it works stands in [PROOFS.md](PROOFS.md). Each mutant is the engine with one small
fault; it is noticed when a test fails or never ends.

Measured on ${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? 'unknown processor'} x ${cpus().length}, ${platform()} ${arch()}; the last run took ${Math.ceil(minutes)} min and kept
what earlier runs knew.
${missing.length === 0 ? 'No file was left out.' : `Not reached yet: ${missing.map((file) => `\`${file}\``).join(', ')}.`}

| room | mutants | noticed | score |
| --- | ---: | ---: | ---: |
${line('`src/pool`', engine)}
${line('`src/gemini/failures`', failures)}
${line('both', sum([engine, failures]))}

| file | mutants | noticed | score |
| --- | ---: | ---: | ---: |
${reached
	.filter(({ total }) => total > 0)
	.map((row) => line(`\`${row.file}\``, row))
	.join('\n')}
`;
	writeFileSync(path.join(root, 'docs/MUTATION.md'), text);
	const both = sum([engine, failures]);
	console.log(
		`${percent(both.noticed, both.total)} of ${both.total} mutants noticed; ${missing.length} files not reached`,
	);
	return missing.length === 0 && (both.noticed / both.total) * 100 >= goal;
}

const none = { noticed: 0, total: 0 };

/** Mutants that do not compile or cannot run say nothing about the tests. */
function tally(mutants) {
	if (mutants === undefined) return {};
	const count = (...states) => mutants.filter(({ status }) => states.includes(status)).length;
	const noticed = count('Killed', 'Timeout');
	return { noticed, total: noticed + count('Survived', 'NoCoverage') };
}

function percent(part, whole) {
	return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)} %`;
}
