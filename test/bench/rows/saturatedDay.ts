import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { windowKinds, type WindowKind } from '../../../src/simulator/service';
import { nextDay, shortDay, wholeDay } from '../../support/soak/day/plan';
import { beyondFirst, Day, type DayResult } from '../../support/soak/day/traffic';
import { sampleOf } from '../measure';
import type { Figure, Row } from '../row';

const goodput = 99.5;
const waste = 0.3;
/** By a count of a cold day's 429s by project: 211 of 598, and 270 of 650. */
const reasons: Readonly<Partial<Record<WindowKind, string>>> = {
	phased:
		'A third of a cold day’s 429s come from the one project of eight that an external client uses as well: only ' +
		'refusals reveal its requests.',
	bucket:
		'Two fifths of a cold day’s 429s come from the one project of eight that an external client uses as well: only ' +
		'refusals reveal its requests.',
};
const shortReason = 'Within three hours the first minutes and each doubt about a limit weigh more than within a day.';

export const row: Row = {
	name: 'saturatedDay',
	what:
		'A saturated day across the reset, in virtual time: the real SDK and the simulator, 8 projects × 2 models, 5 to ' +
		'1,000 requests a minute, 20 to 10,000 a day, latency of 0.2 to 4 s, limits that change at noon, and an external ' +
		'client on one project. First the service counts as it most likely does (phased: windows of 60 s from a hidden ' +
		'moment of each project, one request more than stated), then in three other ways; the pool is told none of them. ' +
		'Every 429 of a minute states the clock’s next minute, every one of a day states 00:00 UTC. Cold: nothing is ' +
		'known. Warm: the next day. Answers are compared with those of a clairvoyant client that keeps to the limits.',
	run: async ({ quick }) => (await Promise.all(windowKinds.map((kind) => inThread({ kind, quick })))).flat(),
};

const Task = v.object({ kind: v.picklist(windowKinds), quick: v.boolean() });
type Task = v.InferOutput<typeof Task>;

/** In a thread of its own, of this very file: days of different kinds know nothing of each other. */
function inThread(task: Task): Promise<readonly Figure[]> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(new URL(import.meta.url), { workerData: task });
		worker.once('message', (figures: readonly Figure[]) => resolve(figures));
		worker.once('error', reject);
	});
}

async function days({ kind, quick }: Task): Promise<readonly Figure[]> {
	// Loading takes real time, which virtual time must not wait for.
	await import('@google/genai/web');
	const plan = quick ? shortDay : wholeDay;
	const cold = await new Day(plan, kind, 1).run();
	const warm = await new Day(nextDay(plan), kind, 2, cold).run();
	const figures = [
		...told(`${kind} window, cold`, cold, beyondFirst(cold), '429s beyond the first'),
		...told(`${kind} window, warm`, warm, warm.refused, '429s'),
	];
	const reason = quick ? shortReason : reasons[kind];
	return reason === undefined ? figures : figures.map((figure) => ({ ...figure, reason }));
}

function told(name: string, { answered, most }: DayResult, refused: number, what: string): readonly Figure[] {
	const share = (part: number, whole: number): ReturnType<typeof sampleOf> => sampleOf([(100 * part) / whole]);
	return [
		{ of: `${name}: answers`, unit: '%', ...share(answered, most), goal: { atLeast: goodput } },
		{ of: `${name}: ${what}`, unit: '%', ...share(refused, answered), goal: { atMost: waste } },
	];
}

if (!isMainThread) void days(v.parse(Task, workerData)).then((figures) => parentPort?.postMessage(figures));
