import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../support/window/until';
import { Workbench } from '../../support/window/workbench';
import budgets from '../../../scripts/package/budget.json';
import { root } from '../../../scripts/vscode/host';
import { sampleOf } from '../measure';
import type { Figure, Row } from '../row';

interface Time {
	/** ms by the clock. */
	readonly wall: number;
	/** ms on a processor. */
	readonly thread: number;
}

interface Activated {
	/** The extension host. */
	readonly host: number;
	readonly name: 'ours' | 'empty';
	readonly reading: Time;
	readonly activating: Time;
}

type Line = Activated | { readonly host: number; readonly file: string; readonly bytes: number };

/** What one start of the host has told. */
interface Start {
	readonly ours: Activated;
	readonly empty: Activated;
	/** Bytes of our files that were read before `activate` returned, and until the status bar was drawn. */
	readonly before: number;
	readonly ready: number;
}

/** As a profile of `activate` said, mean of 8 starts. */
const reason =
	'About a third of it is reading the file. Of the rest, a quarter is the views and the status bar, a sixth the ' +
	'commands, and a tenth the settings, whose levels VS Code merges when they are first read; nearly all of that is ' +
	'inside VS Code’s own registrations. The log, keys, store, engine and the editor’s chat take the remainder, up ' +
	'to two ms each.';

export const row: Row = {
	name: 'activation',
	what:
		'Activation inside the real host, without keys: from the first byte of the packaged code that is read to the ' +
		'return of `activate`. Each measurement starts the extension host anew, beside an extension that does nothing. ' +
		'By the clock, and, because other work on the machine counts there, by the processor time of the thread. Then ' +
		'how much of our code was read when `activate` returned, and when the status bar was drawn.',
	run: async ({ quick }) => {
		const starts = await measured(quick ? 3 : 15);
		const figure = (of: string, unit: string, value: (start: Start) => number, atMost?: number): Figure => ({
			of,
			unit,
			...sampleOf(starts.map(value)),
			...(atMost === undefined ? {} : { goal: { atMost }, ...(unit === 'ms' && { reason }) }),
		});
		const whole = ({ reading, activating }: Activated, by: keyof Time): number => reading[by] + activating[by];
		return [
			figure('ours', 'ms', ({ ours }) => whole(ours, 'wall'), 25),
			figure('of it reading', 'ms', ({ ours }) => ours.reading.wall),
			figure('ours, on a processor', 'ms', ({ ours }) => whole(ours, 'thread')),
			figure('an empty extension', 'ms', ({ empty }) => whole(empty, 'wall')),
			figure('read when it returned', 'KB', ({ before }) => before / 1024, budgets.activation.goal / 1024),
			figure('read when the status bar was drawn', 'KB', ({ ready }) => ready / 1024),
		];
	},
};

async function measured(count: number): Promise<readonly Start[]> {
	const folder = mkdtempSync(path.join(tmpdir(), 'keypool-activation-'));
	try {
		// A payload names one extension under development at most: all three are installed.
		const installed = path.join(folder, 'installed');
		const at = (name: string): string => path.join(installed, name);
		for (const name of ['package.json', 'package.nls.json', 'package.nls.vi.json', 'l10n', 'media']) {
			cpSync(path.join(root, name), path.join(at('product'), name), { recursive: true });
		}
		for (const name of ['probe', 'empty']) {
			cpSync(path.join(root, 'test/bench/activation', name), at(name), { recursive: true });
		}
		execFileSync(process.execPath, ['esbuild.js', '--production', `--outdir=${path.join(at('product'), 'dist')}`], {
			cwd: root,
		});
		const report = path.join(folder, 'report.jsonl');
		const mains = {
			ours: path.join(at('product'), 'dist/extension.js'),
			empty: path.join(at('empty'), 'empty.cjs'),
		};
		const workbench = await Workbench.start({
			extensions: [],
			installed,
			// As a user has it: what others have woken is warm.
			isComplete: true,
			env: { KEYPOOL_ACTIVATION: JSON.stringify({ mains, report }) },
		});
		try {
			const window = await workbench.open();
			for (let n = 1; ; n++) {
				await until('both extensions', () => startsOf(linesOf(report)).length === n);
				if (n === count) return startsOf(linesOf(report));
				await window.reload();
			}
		} finally {
			await workbench.close();
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function linesOf(report: string): readonly Line[] {
	if (!existsSync(report)) return [];
	const whole = readFileSync(report, 'utf8').split('\n').slice(0, -1);
	return whole.map((line) => JSON.parse(line) as Line);
}

/** The starts in which both are active. */
function startsOf(lines: readonly Line[]): readonly Start[] {
	const hosts = new Set(lines.map(({ host }) => host));
	return [...hosts].flatMap((host) => startOf(lines.filter((line) => line.host === host)) ?? []);
}

function startOf(lines: readonly Line[]): Start | undefined {
	const ours = lines.find((line) => 'name' in line && line.name === 'ours');
	const empty = lines.find((line) => 'name' in line && line.name === 'empty');
	if (!ours || !empty || !('name' in ours) || !('name' in empty)) return undefined;
	const bytes = (some: readonly Line[]): number =>
		some.reduce((sum, line) => sum + ('bytes' in line ? line.bytes : 0), 0);
	return { ours, empty, before: bytes(lines.slice(0, lines.indexOf(ours))), ready: bytes(lines) };
}
