// What docs/PROOFS.md says of runs of the window stage in a row: a list under its own heading, the newest run last.

const heading = '## The window stage in a row';

/** One line of the list. */
export function noted({ date, commit, runs }) {
	const seconds = runs.map((run) => Math.round(run.seconds));
	const counts = new Map();
	for (const title of runs.flatMap((run) => run.flaky)) counts.set(title, (counts.get(title) ?? 0) + 1);
	const flaky = [...counts].map(([title, times]) => `“${title}” in ${times}`).join(', ');
	const failed = runs.filter((run) => run.failed > 0).length;
	return (
		`- ${date}, commit \`${commit}\`: ${runs.length} runs of ${Math.min(...seconds)} to ${Math.max(...seconds)} s; ` +
		`failed: ${failed === 0 ? 'none' : failed}; flaky: ${flaky === '' ? 'none' : flaky}.`
	);
}

/** The document with the line at the end of the list. Throws where it has no such list. */
export function withNote(text, note) {
	const at = text.indexOf(`${heading}\n`);
	if (at === -1) throw new Error(`docs/PROOFS.md has no “${heading}”.`);
	const next = text.indexOf('\n## ', at);
	const end = next === -1 ? text.length : next;
	const section = text.slice(at, end).trimEnd();
	const gap = /\n- [^\n]*$/.test(section) ? '\n' : '\n\n';
	return `${text.slice(0, at)}${section}${gap}${note}\n${text.slice(end)}`;
}
