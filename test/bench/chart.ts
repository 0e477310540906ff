import type { Figure, Row } from './row';

/** What a chart says; both axes grow by powers of ten. */
export interface Chart {
	readonly title: string;
	readonly x: string;
	/** With its unit. */
	readonly y: string;
}

export interface Series {
	readonly name: string;
	readonly points: readonly Point[];
}

export interface Point {
	readonly x: number;
	readonly y: number;
	/** The quartiles, where there were several measurements. */
	readonly spread?: readonly [low: number, high: number];
}

const size = { width: 760, height: 400 };
const plot = { left: 76, top: 52, right: 560, bottom: 340 };
/** Told apart by people who see colours otherwise, and on white; each has a mark of its own besides. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#9a3d7c', '#8a6d00', '#56606b'];
const marks = ['circle', 'square', 'diamond', 'up', 'down', 'cross'] as const;
type Mark = (typeof marks)[number];

/** Of the n-th line. Each turn of the colours begins with the next mark, so that no two of 36 lines look alike. */
function lookOf(n: number): { readonly colour: string; readonly mark: Mark } {
	const turn = Math.floor(n / colours.length);
	return { colour: colours[n % colours.length] ?? '', mark: marks[(n + turn) % marks.length] ?? 'circle' };
}

/** The charts of a row, by the names of their files. */
export function drawAll({ name, charts = {} }: Row, figures: readonly Figure[]): Readonly<Record<string, string>> {
	const drawings = Object.entries(charts).map(([key, chart]) => {
		const own = figures.filter(({ point }) => point?.chart === key);
		const names = [...new Set(own.map(({ point }) => point?.series ?? ''))];
		const series = names.map((series) => ({
			name: series,
			points: own
				.filter(({ point }) => point?.series === series)
				.map(({ point, median, spread, count }) => ({ x: point?.x ?? 0, y: median, ...(count > 1 && { spread }) })),
		}));
		return [`${name}-${key}.svg`, drawChart(chart, series)];
	});
	return Object.fromEntries(drawings) as Readonly<Record<string, string>>;
}

/** An SVG on white, which reads on a dark page too. Points that are not above zero cannot be drawn. */
export function drawChart({ title, x, y }: Chart, series: readonly Series[]): string {
	const shown = series.map((one) => ({ ...one, points: one.points.filter((point) => point.x > 0 && point.y > 0) }));
	const points = shown.flatMap((one) => one.points);
	const across = axis(
		points.map((point) => point.x),
		plot.left,
		plot.right,
	);
	const up = axis(
		points.flatMap((point) => [point.y, ...(point.spread ?? [])]),
		plot.bottom,
		plot.top,
	);
	const parts = [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="13" fill="#0f172a">`,
		`<title>${escaped(title)}</title>`,
		`<rect width="${size.width}" height="${size.height}" fill="#ffffff" />`,
		`<text x="${plot.left}" y="28" font-size="16">${escaped(title)}</text>`,
		...across.ticks.map(({ value, at }) => vertical(value, at)),
		...up.ticks.map(({ value, at }) => horizontal(value, at)),
		`<text x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 42}" text-anchor="middle">${escaped(x)}</text>`,
		`<text transform="translate(18 ${(plot.top + plot.bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>`,
		...shown.map(({ name, points: own }, n) => {
			const { colour, mark } = lookOf(n);
			const placed = own.map((point) => ({ ...point, px: across.at(point.x), py: up.at(point.y) }));
			const line = placed.map(({ px, py }) => `${round(px)},${round(py)}`).join(' ');
			const row = plot.top + 8 + n * 24;
			return [
				`<g stroke="${colour}" fill="none" stroke-width="1.5">`,
				`<polyline points="${line}" />`,
				...placed.flatMap(({ px, spread }) => (spread ? [between(px, up.at(spread[0]), up.at(spread[1]))] : [])),
				...placed.map(({ px, py }) => drawn(mark, px, py)),
				drawn(mark, plot.right + 22, row),
				'</g>',
				`<text x="${plot.right + 34}" y="${row + 4}">${escaped(name)}</text>`,
			].join('\n');
		}),
		'</svg>',
	];
	return `${parts.join('\n')}\n`;
}

interface Axis {
	at(value: number): number;
	readonly ticks: readonly { readonly value: number; readonly at: number }[];
}

/** Whole powers of ten that hold all values, from one end of the plot to the other. */
function axis(values: readonly number[], from: number, to: number): Axis {
	const positive = values.filter((value) => value > 0);
	const least = Math.floor(Math.log10(Math.min(...positive)) + 1e-9);
	const most = Math.max(least + 1, Math.ceil(Math.log10(Math.max(...positive)) - 1e-9));
	const at = (value: number): number =>
		from + ((to - from) * (Math.log10(Math.max(value, 10 ** least)) - least)) / (most - least);
	const ticks = Array.from({ length: most - least + 1 }, (_, n) => 10 ** (least + n));
	return { at, ticks: ticks.map((value) => ({ value, at: at(value) })) };
}

function vertical(value: number, at: number): string {
	const line = `<path d="M${round(at)} ${plot.top}V${plot.bottom}" stroke="#e2e8f0" />`;
	return `${line}<text x="${round(at)}" y="${plot.bottom + 20}" text-anchor="middle">${plain(value)}</text>`;
}

function horizontal(value: number, at: number): string {
	const line = `<path d="M${plot.left} ${round(at)}H${plot.right}" stroke="#e2e8f0" />`;
	return `${line}<text x="${plot.left - 8}" y="${round(at + 4)}" text-anchor="end">${plain(value)}</text>`;
}

function between(x: number, low: number, high: number): string {
	return `<path d="M${round(x)} ${round(low)}V${round(high)}" stroke-width="4" stroke-opacity="0.35" />`;
}

function drawn(mark: Mark, x: number, y: number): string {
	const [px, py] = [round(x), round(y)];
	switch (mark) {
		case 'circle':
			return `<circle cx="${px}" cy="${py}" r="4" />`;
		case 'square':
			return `<path d="M${px} ${py}m-4-4h8v8h-8z" />`;
		case 'diamond':
			return `<path d="M${px} ${py}m0-5 5 5-5 5-5-5z" />`;
		case 'up':
			return `<path d="M${px} ${py}m0-5 5 9h-10z" />`;
		case 'down':
			return `<path d="M${px} ${py}m0 5 5-9h-10z" />`;
		case 'cross':
			return `<path d="M${px} ${py}m-4-4 8 8m0-8-8 8" />`;
	}
}

function plain(value: number): string {
	return value.toLocaleString('en-US', { maximumFractionDigits: 9 });
}

function round(value: number): string {
	return String(Number(value.toFixed(1)));
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
