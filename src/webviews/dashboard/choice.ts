import type { SeriesView, UsageView } from '../dashboardProtocol';
import type { VsCode } from '../shared/connection';

/** What sends are told apart by. */
const usageGroups = ['key', 'outcome', 'client'] as const;

/** What costs are told apart by. */
const costGroups = ['byDay', 'byKey', 'byClient', 'byModel'] as const;

/** What a person chose to look at: the document remembers it. */
export interface Choice {
	readonly range: 'hour' | 'day';
	readonly by: (typeof usageGroups)[number];
	readonly show: 'sends' | 'tokens' | 'fallbacks';
	readonly costsBy: (typeof costGroups)[number];
}

const firstChoice: Choice = { range: 'hour', by: 'key', show: 'sends', costsBy: 'byDay' };

/** A layer of the chart as it was chosen: its values, and the name that the styles know its colour by. */
export interface Layer {
	readonly label: string;
	readonly colour: string;
	readonly values: readonly number[];
	readonly sum: number;
}

/** From the bottom up. */
export function layersOf(usage: UsageView, { by, show }: Choice): readonly Layer[] {
	const series = { key: usage.byKey, outcome: usage.byOutcome, client: usage.byClient }[by];
	const palette = by === 'outcome' ? 'outcome' : 'key';
	const layers = series.map((one, n) => ({
		label: one.label,
		colour: colourOf(one.kind, `${palette}-${series.slice(0, n).filter(({ kind }) => kind === 'plain').length}`),
		values: one[show],
		sum: one[show].reduce((total, value) => total + value, 0),
	}));
	// Most keys and outcomes have none.
	return show === 'fallbacks' ? layers.filter(({ sum }) => sum > 0) : layers;
}

function colourOf(kind: SeriesView['kind'], plain: string): string {
	return kind === 'plain' ? plain : kind;
}

/** When each slot began, in ms since 1970 by the document's clock; `arrivedAt`: when the numbers came. */
export function slotTimes({ slots, slotMs, lastAgo }: UsageView, arrivedAt: number): readonly number[] {
	const last = arrivedAt - lastAgo;
	return Array.from({ length: slots }, (_, n) => last - (slots - 1 - n) * slotMs);
}

export function recallChoice(vscode: VsCode): Choice {
	const state = vscode.getState();
	if (typeof state !== 'object' || state === null) return firstChoice;
	return {
		range: 'range' in state && state.range === 'day' ? 'day' : firstChoice.range,
		by: usageGroups.find((by) => 'by' in state && state.by === by) ?? firstChoice.by,
		show: 'show' in state && (state.show === 'tokens' || state.show === 'fallbacks') ? state.show : firstChoice.show,
		costsBy: costGroups.find((by) => 'costsBy' in state && state.costsBy === by) ?? firstChoice.costsBy,
	};
}
