import type { Figure } from './row';

/** One figure in words. */
export interface Line {
	readonly of: string;
	readonly by: string | undefined;
	readonly unit: string;
	readonly figure: string;
	readonly goal: string;
	/** Of the figure to the goal: where the goal is a least figure, at least 1 is good, else at most 1. */
	readonly ratio: string;
	readonly spread: string;
	/** Why the goal is missed; empty where it is met, or nobody knows. */
	readonly reason: string;
	/** Absent where there is no goal. */
	readonly met: boolean | undefined;
}

/** What is said of a row. */
export interface Section {
	readonly name: string;
	readonly what: string;
	/** When, and on which machine. */
	readonly measured: string;
	/** Of its charts, as Markdown shows them. */
	readonly pictures: readonly string[];
	readonly lines: readonly Line[];
}

export function lineOf({ of, by, unit, median, spread, count, goal, reason }: Figure): Line {
	const limit = goal && ('atMost' in goal ? goal.atMost : goal.atLeast);
	const met = goal && ('atMost' in goal ? median <= goal.atMost : median >= goal.atLeast);
	const sign = goal && 'atMost' in goal ? '≤' : '≥';
	return {
		of,
		by,
		unit,
		figure: `${number(median)} ${unit}`.trim(),
		goal: limit === undefined ? '' : `${sign} ${number(limit)} ${unit}`.trim(),
		ratio: limit === undefined || limit === 0 ? '' : number(median / limit),
		spread: count > 1 ? `${number(spread[0])}–${number(spread[1])} of ${count}` : '',
		reason: met === false ? (reason ?? '') : '',
		met,
	};
}

/** For a terminal. */
export function plain({ of, by, figure, goal, ratio, spread, met, reason }: Line): string {
	const mark = met === undefined ? ' ' : met ? '✔' : '✖';
	const name = by === undefined ? of : `${of}: ${by}`;
	const line = `${mark} ${name.padEnd(62)} ${figure.padStart(16)}  ${goal.padStart(14)}  ${ratio.padStart(6)}  ${spread}`;
	return reason === '' ? line : `${line}\n    ${reason}`;
}

/** The document with these sections in place of those of the same names; all others stay as they are. */
export function withSections(document: string, sections: readonly Section[]): string {
	const [, ...parts] = document.split(/^## /m);
	const all = new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), `## ${part.trimEnd()}\n`]));
	for (const section of sections) all.set(section.name, markdown(section));
	const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1));
	return [head, `${atOnce(sorted)}\n`, ...sorted.map(([, text]) => text)].join('\n');
}

/** Each row in a line: what a section says of its goals. */
function atOnce(sections: readonly (readonly [name: string, text: string])[]): string {
	const rows = sections.map(([name, text]) => {
		const [, met = 'not measured since', furthest = ''] =
			/^Goals met: (\d+ of \d+)(?:; furthest: (.*))?\.$/m.exec(text) ?? [];
		return [`[${name}](#${name.toLowerCase()})`, met, furthest];
	});
	return table(['row', 'goals met', 'furthest from its goal'], rows);
}

/** What the first table says of a row; nothing where it only compares. */
function goalsOf(lines: readonly Line[]): readonly string[] {
	const aimed = lines.filter(({ met }) => met !== undefined);
	if (aimed.length === 0) return ['Goals met: 0 of 0; furthest: it compares, and has no goal.'];
	const missed = aimed.filter(({ met }) => met === false).sort((a, b) => distance(b) - distance(a));
	const [worst] = missed;
	const furthest = worst && `; furthest: ${titleOf(worst)}: ${worst.figure} (${worst.goal})`;
	return [`Goals met: ${String(aimed.length - missed.length)} of ${String(aimed.length)}${furthest ?? ''}.`];
}

/** How many times as far as it should be; a goal of nothing at all is missed by any distance. */
function distance({ ratio }: Line): number {
	const times = Number(ratio.replaceAll(',', ''));
	return ratio === '' || times === 0 ? Infinity : Math.max(times, 1 / times);
}

const titleOf = ({ of, by }: Line): string => (by === undefined ? of : `${of}, ${by}`);

const head = `# Benchmarks

Written by \`npm run bench\`, which measures every row, one after the other. \`npm run bench -- <row>\` measures one row, \`--write\` also
writes its section here, and \`--quick\` checks in a few minutes that all rows work. A goal is a figure to reach, not a test: machines
differ, and a run that misses a goal does not fail. The first table has all rows. Each section has the figures of a row, with the
quartiles of the measurements, and why a goal is missed.
`;

function markdown({ name, what, measured, pictures, lines }: Section): string {
	const alone = lines.filter(({ by }) => by === undefined);
	const compared = lines.filter(({ by }) => by !== undefined);
	const parts = [
		`## ${name}`,
		what,
		`${measured}: \`npm run bench -- ${name}\`.`,
		...goalsOf(lines),
		...pictures,
		...(alone.length > 0 ? [list(alone)] : []),
		...(compared.length > 0 ? [comparison(compared)] : []),
		...reasonsOf(lines),
	];
	return `${parts.join('\n\n')}\n`;
}

/** Each reason once, behind what it explains. */
function reasonsOf(lines: readonly Line[]): readonly string[] {
	const reasons = new Set(lines.map(({ reason }) => reason).filter((reason) => reason !== ''));
	const items = [...reasons].map((reason) => {
		const missed = lines.filter((line) => line.reason === reason).map(titleOf);
		return `- ${missed.join('; ')}: ${reason}`;
	});
	return items.length > 0 ? [`Where a goal is missed:\n\n${items.join('\n')}`] : [];
}

function list(lines: readonly Line[]): string {
	const rows = lines.map(({ of, figure, goal, ratio, spread }) => [of, figure, goal, ratio, spread]);
	return table(['what', 'median', 'goal', 'ratio', 'quartiles'], rows);
}

/** A row for what is measured, a column for each that is compared; the quartiles stand behind the median. */
function comparison(lines: readonly Line[]): string {
	const columns = [...new Set(lines.map(({ by = '' }) => by))];
	const names = [...new Set(lines.map(({ of }) => of))];
	const rows = names.map((of) => {
		const own = lines.filter((line) => line.of === of);
		const cells = columns.map((by) => {
			const { figure = '', unit = '', spread = '' } = own.find((line) => line.by === by) ?? {};
			const middle = figure.slice(0, figure.length - unit.length).trim();
			return spread === '' ? middle : `${middle} (${spread.replace(/ of \d+$/, '')})`;
		});
		const { unit = '' } = own[0] ?? {};
		return [unit === '' ? of : `${of}, ${unit}`, ...cells, own.find(({ goal }) => goal !== '')?.goal ?? ''];
	});
	const hasGoals = lines.some(({ goal }) => goal !== '');
	const titles = ['median (quartiles)', ...columns, ...(hasGoals ? ['goal'] : [])];
	return table(
		titles,
		rows.map((cells) => cells.slice(0, titles.length)),
	);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
	const widths = titles.map((title, n) => Math.max(title.length, ...rows.map((row) => row[n]?.length ?? 0)));
	const line = (cells: readonly string[]): string =>
		`| ${widths.map((width, n) => (cells[n] ?? '').padEnd(width)).join(' | ')} |`;
	const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
	return [line(titles), rule, ...rows.map(line)].join('\n');
}

function number(value: number): string {
	if (Number.isNaN(value)) return 'none';
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
	return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
