import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Layer } from './choice';

export interface ChartView {
	/** Bottom first. */
	readonly layers: readonly Layer[];
	/** When each slot began, ms since 1970. */
	readonly times: readonly number[];
	readonly slotMs: number;
	readonly time: (at: number) => string;
	readonly count: (value: number) => string;
	/** The colour of a layer, as the theme has it. */
	readonly colour: (layer: Layer) => string;
}

/** CSS pixels. */
const height = 220;
/** Below this width of a bar, in CSS pixels, lines between the layers would hide them. */
const narrowBar = 5;

/** Bars, stacked. The table beside it says the same: to a screen reader this is one picture. */
export class Chart {
	readonly element = document.createElement('div');
	private plot: uPlot | undefined;
	private view: ChartView | undefined;
	/** What the plot was made for: anything else needs a new one. */
	private made = '';

	/** @param hovered the slot under the pointer; undefined where it has left. */
	constructor(private readonly hovered: (slot: number | undefined) => void) {
		this.element.className = 'chart';
		new ResizeObserver(() => this.fit()).observe(this.element);
	}

	update(view: ChartView): void {
		this.view = view;
		const style = getComputedStyle(this.element);
		const colours = view.layers.map((layer) => view.colour(layer));
		const wanted = JSON.stringify([colours, view.slotMs, style.color, style.borderTopColor, style.fontFamily]);
		if (this.plot && wanted === this.made) this.plot.setData(dataOf(view));
		else this.make(view, colours, style);
		this.made = wanted;
	}

	/** Draws anew with the colours of another theme. */
	recolour(): void {
		if (this.view) this.update(this.view);
	}

	private make(view: ChartView, colours: readonly string[], style: CSSStyleDeclaration): void {
		this.plot?.destroy();
		const { color, borderTopColor, backgroundColor, fontFamily } = style;
		const barWidth = this.width / view.times.length;
		const axis = {
			stroke: color,
			font: `12px ${fontFamily}`,
			ticks: { show: false },
		} as const;
		const paths = uPlot.paths.bars?.({ size: [0.86], align: 0 });
		const options: uPlot.Options = {
			width: this.width,
			height,
			legend: { show: false },
			cursor: {
				drag: { x: false, y: false },
				points: { show: false },
				y: false,
			},
			scales: {
				x: { time: true, range: () => this.span() },
				y: { range: (_, __, most) => [0, Math.max(1, most * 1.05)] },
			},
			axes: [
				{
					...axis,
					size: 30,
					grid: { show: false },
					values: (_, splits) => splits.map((at) => this.view?.time(at * 1000) ?? ''),
				},
				{
					...axis,
					grid: { stroke: borderTopColor, width: 1 },
					incrs: [1, 2, 5].flatMap((n) => Array.from({ length: 10 }, (_, e) => n * 10 ** e)).sort((a, b) => a - b),
					values: (_, splits) => splits.map((value) => this.view?.count(value) ?? ''),
					size: (_, values) => axisWidth(values),
				},
			],
			series: [
				{},
				...[...colours].reverse().map((fill): uPlot.Series => ({
					fill,
					stroke: barWidth < narrowBar ? fill : backgroundColor,
					width: barWidth < narrowBar ? 0 : 1,
					points: { show: false },
					...(paths && { paths }),
				})),
			],
			hooks: {
				setCursor: [({ cursor: { idx } }) => this.hovered(idx ?? undefined)],
			},
		};
		this.plot = new uPlot(options, dataOf(view), this.element);
	}

	private span(): uPlot.Range.MinMax {
		const { times = [], slotMs = 0 } = this.view ?? {};
		return [(times[0] ?? 0) / 1000, ((times.at(-1) ?? 0) + slotMs) / 1000];
	}

	private fit(): void {
		if (this.plot && this.plot.width !== this.width) {
			this.made = '';
			this.recolour();
		}
	}

	private get width(): number {
		return Math.max(120, Math.floor(this.element.clientWidth));
	}
}

/** CSS pixels that the labels beside the chart need; there are none before the first numbers. */
function axisWidth(labels: readonly string[] | null): number {
	return 16 + 7 * Math.max(2, ...(labels ?? []).map(({ length }) => length));
}

/** Each layer on top of those below it; the highest first, so that the lower ones are drawn over it. */
function dataOf({ layers, times, slotMs }: ChartView): uPlot.AlignedData {
	const heights: number[][] = [];
	let below: readonly number[] = times.map(() => 0);
	for (const { values } of layers) {
		const height = below.map((value, n) => value + (values[n] ?? 0));
		heights.unshift(height);
		below = height;
	}
	return [times.map((at) => (at + slotMs / 2) / 1000), ...heights];
}
