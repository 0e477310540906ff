/** Holds every client to every scenario, and makes the table of docs/CONFORMANCE.md out of what came of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { machineNow, ScaledTime } from '../bench/peers/scaledTime';
import { clientNames, clientOf, isClientName, type ClientName } from './clients/clients';
import { needs, needsOf } from './clients/needs';
import { idOf, readScenarios, type Scenario } from './scenario';
import { beginning, needsFastClock, scaleFor } from './server/pace';
import { serveScenario } from './server/server';
import type { Verdict } from './server/verdict';
import { withTable, type Cell, type Row } from './tableText';

/** Built from the files of the same names. */
const built = path.resolve('out/conformance');
const document = path.resolve('docs/CONFORMANCE.md');
/** Real ms that one client may take for one scenario. */
const maxMs = 600_000;

/** Where a day ends: real ms that a process has to be ready before the clock shows the beginning. */
const leadMs = 4_000;

async function main(args: readonly string[]): Promise<void> {
	const { values, positionals } = parseArgs({
		args: [...args],
		allowPositionals: true,
		options: { write: { type: 'boolean', default: false }, only: { type: 'string' } },
	});
	const names = positionals.length > 0 ? positionals.filter(isClientName) : clientNames;
	const rows: Row[] = [];
	for (const { file, scenarios } of readScenarios()) {
		for (const scenario of scenarios) {
			if (values.only !== undefined && !idOf(scenario).includes(values.only)) continue;
			const cells = await cellsOf(names, scenario);
			rows.push({ file, scenario: scenario.name, cells: new Map(cells) });
			for (const [name, cell] of cells) console.log(`${scenario.name} | ${name}: ${lineOf(cell)}`);
		}
	}
	if (!values.write) return;
	const entries = names.map((name) => ({ name, what: clientOf(name).what }));
	writeFileSync(document, withTable(readFileSync(document, 'utf8'), entries, rows));
	console.log(`Written to ${path.relative(process.cwd(), document)}`);
}

/** Side by side: most of the time each of them waits. */
function cellsOf(names: readonly ClientName[], scenario: Scenario): Promise<readonly [ClientName, Cell][]> {
	return Promise.all(names.map(async (name): Promise<[ClientName, Cell]> => [name, await cellOf(name, scenario)]));
}

function lineOf(cell: Cell): string {
	switch (cell.state) {
		case 'passed':
			return 'passed';
		case 'failed':
			return `failed: ${cell.differences.map(({ kind, says }) => `${kind}: ${says}`).join(' | ')}`;
		case 'apart':
			return `n/a: ${cell.reason}`;
	}
}

async function cellOf(name: ClientName, scenario: Scenario): Promise<Cell> {
	const wanted = needsOf(scenario);
	const missing = clientOf(name).lacks.find((need) => wanted.includes(need));
	if (missing) return { state: 'apart', reason: needs[missing] };
	const scale = scaleFor(scenario);
	const first = await play(name, scenario, scale);
	// A busy machine can bring asks out of order and calls late: at half the speed it does not.
	const isDoubtful = (scenario.asks?.length ?? 1) > 1 || first.differences.some(({ kind }) => kind === 'too late');
	const { passed, differences } =
		first.passed || !isDoubtful ? first : await play(name, scenario, Math.max(1, scale / 2));
	return passed ? { state: 'passed' } : { state: 'failed', differences };
}

async function play(name: ClientName, scenario: Scenario, scale: number): Promise<Verdict> {
	const serving = await serveScenario(scenario, { pace: { scale, clock: 'fast' } });
	const time = new ScaledTime(scale, machineNow() + (needsFastClock(scenario) ? leadMs : 0), beginning);
	const [clock, player] = ['scaleGlobals.mjs', 'player.mjs'].map((file) => path.join(built, file));
	const child = spawn(process.execPath, ['--no-warnings', '--import', clock ?? '', player ?? '', name, serving.url], {
		stdio: ['ignore', 'ignore', 'inherit'],
		env: { ...process.env, ...time.env, KEYPOOL_BENCH_SEED: '1' },
	});
	const timer = setTimeout(() => child.kill('SIGKILL'), maxMs);
	await once(child, 'close');
	clearTimeout(timer);
	await serving.close();
	return serving.verdict();
}

void main(process.argv.slice(2));
