import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { asMany, firstByte, type Calling } from '../gatewayCalls';
import { inFolder, model } from '../ledgers';
import { sampleOf } from '../measure';
import { portkeyConfig, startPortkey } from '../peers/portkey';
import type { Figure, Row } from '../row';

const secrets = Array.from({ length: 10 }, (_, n) => `sim-bench-${n}-${'x'.repeat(20)}`);
const connections = 16;
const gemini = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Why?' }] }] });
const reasons = {
	firstByte:
		'Node itself takes half of it: the bare proxy, which only passes the call on, misses the goal by far. The other ' +
		'half is the choice of a key and its lease, which is stored before the service is asked.',
	perSecond:
		'A profile shows a quarter to a third in the store in SQLite, a quarter in Node’s HTTP on two sockets, the rest ' +
		'in checks, choice and counting. Because of the store, a restart and other processes know what was counted.',
};
const chat = (isStream: boolean): string =>
	JSON.stringify({ model, stream: isStream, messages: [{ role: 'user', content: 'Why?' }] });

/** What is to be reached, and why it is not, where it is not. */
interface Aim<G> {
	readonly goal: G;
	readonly reason: string;
}

/** A gateway under test: how it is asked, and whose processor time counts. */
interface Gateway {
	readonly name: string;
	readonly pid: number;
	readonly stream: Calling;
	readonly whole: Calling;
	readonly firstByte?: Aim<{ readonly atMost: number }>;
	readonly perSecond?: Aim<{ readonly atLeast: number }>;
}

export const row: Row = {
	name: 'gateway',
	what:
		'What a gateway adds to a direct call over loopback sockets, against a service that answers at once. First: how ' +
		'much later the first byte of a stream comes than that of a direct call, in alternating pairs on open ' +
		'connections, beside a direct call against itself. Then: whole answers on 16 connections, for each second of ' +
		'processor time of the gateway’s process. Keypool is the gateway without an editor, with ten keys and its store ' +
		'in SQLite. Portkey has the same keys by weight. The bare proxy shows what Node itself takes: it passes each ' +
		'call and its answer on, and reads, chooses and counts nothing.',
	run: ({ quick }) =>
		inFolder(async (folder) => {
			const upstream = await started(fork(path.join(import.meta.dirname, '../gatewayUpstream.js')));
			const baseUrl = `http://127.0.0.1:${upstream.port}`;
			const keypool = await startKeypool(baseUrl, folder);
			const portkey = await startPortkey();
			const proxy = await started(fork(path.join(import.meta.dirname, '../bareProxy.js'), [baseUrl]));
			try {
				const headers = { 'x-goog-api-key': secrets[0] ?? '' };
				const direct: Calling = { url: baseUrl + streamPath, headers, body: gemini };
				const gateways: readonly Gateway[] = [
					keypool.gateway,
					portkeyGateway(portkey, baseUrl),
					bareProxy(proxy, headers),
				];
				const figures = await firstBytes(direct, gateways, quick ? 40 : 600);
				for (const gateway of gateways) figures.push(await perSecond(gateway, quick ? 2 : 9, quick ? 500 : 1_000));
				return figures;
			} finally {
				await portkey.close();
				await keypool.close();
				proxy.child.disconnect();
				upstream.child.disconnect();
			}
		}),
};

const streamPath = `/v1beta/models/${model}:streamGenerateContent?alt=sse`;
const wholePath = `/v1beta/models/${model}:generateContent`;

/** ms by which the first byte comes later than the direct call's of the same round. */
async function firstBytes(direct: Calling, gateways: readonly Gateway[], rounds: number): Promise<Figure[]> {
	const all = [direct, ...gateways.map(({ stream }) => stream), direct];
	const later = all.map((): number[] => []);
	const warmUp = Math.ceil(rounds / 3);
	for (let round = 0; round < warmUp + rounds; round++) {
		const took = all.map(() => 0);
		// Nobody is always the first of a round.
		for (let n = 0; n < all.length; n++) {
			const at = (n + round) % all.length;
			const calling = all[at];
			if (calling) took[at] = await firstByte(calling);
		}
		if (round >= warmUp) later.forEach((list, at) => list.push((took[at] ?? 0) - (took[0] ?? 0)));
	}
	const of = 'added to the first byte';
	return [
		...gateways.map(({ name, firstByte: aim }, n): Figure => ({
			...{ of, by: name, unit: 'ms', ...sampleOf(later[n + 1] ?? []), ...aim },
		})),
		{ of, by: 'a direct call', unit: 'ms', ...sampleOf(later.at(-1) ?? []) },
	];
}

async function perSecond({ name, pid, whole, perSecond: aim }: Gateway, blocks: number, ms: number): Promise<Figure> {
	const rates: number[] = [];
	// Until its code is compiled.
	await asMany(whole, connections, 5 * ms);
	for (let n = 0; n < blocks; n++) {
		const before = processorSeconds(pid);
		const answers = await asMany(whole, connections, ms);
		rates.push(answers / (processorSeconds(pid) - before));
	}
	const of = 'answers for each second of one core';
	return { of, by: name, unit: '', ...sampleOf(rates), ...aim };
}

/** As Linux counts it, in hundredths. */
function processorSeconds(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
		.replace(/^.*\) /, '')
		.split(' ');
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

function portkeyGateway(
	{ address, pid }: { readonly address: string; readonly pid: number },
	baseUrl: string,
): Gateway {
	const keys = secrets.map((secret) => ({ secret, weight: 1 }));
	const headers = { 'x-portkey-config': portkeyConfig({ baseUrl, keys }, 'loadbalance') };
	const url = `${address}/v1/chat/completions`;
	const [stream, whole] = [true, false].map((isStream) => ({ url, headers, body: chat(isStream) }));
	if (!stream || !whole) throw new Error('unreachable');
	return { name: 'Portkey', pid, stream, whole };
}

function bareProxy(
	{ child, port }: { readonly child: ChildProcess; readonly port: number },
	headers: Calling['headers'],
): Gateway {
	const to = (way: string): Calling => ({ url: `http://127.0.0.1:${port}${way}`, headers, body: gemini });
	return { name: 'a bare proxy', pid: child.pid ?? 0, stream: to(streamPath), whole: to(wholePath) };
}

async function startKeypool(
	baseUrl: string,
	folder: string,
): Promise<{ readonly gateway: Gateway; close(): Promise<void> }> {
	// As it is built for production.
	const program = path.join(folder, 'gateway.cjs');
	await build({
		...{ entryPoints: ['src/headless/main.ts'], outfile: program, bundle: true, minify: true },
		...{ platform: 'node', target: 'node20', format: 'cjs', define: { __DEV__: 'false' }, logLevel: 'warning' },
	});
	const run = (...args: string[]): ChildProcess =>
		spawn(process.execPath, ['--no-warnings', program, ...args], {
			env: { PATH: process.env['PATH'], HOME: folder, GEMINI_API_KEYS: secrets.join(',') },
			stdio: ['ignore', 'pipe', 'inherit'],
		});
	const token = (await said(run('token', 'add', 'bench', '--parallel', '64', '--data', folder), /^(kp_\S+)/)).trim();
	const child = run('--port', '0', '--base-url', baseUrl, '--data', folder, '--log', 'error');
	const address = await said(child, /answers at (http:\S+)/);
	const headers = { 'x-goog-api-key': token };
	return {
		gateway: {
			name: 'Keypool',
			pid: child.pid ?? 0,
			stream: { url: address + streamPath, headers, body: gemini },
			whole: { url: address + wholePath, headers, body: gemini },
			firstByte: { goal: { atMost: 0.3 }, reason: reasons.firstByte },
			perSecond: { goal: { atLeast: 2_000 }, reason: reasons.perSecond },
		},
		close: async () => {
			const gone = once(child, 'exit');
			child.kill();
			await gone;
		},
	};
}

/** What a program says that fits; rejects where it ends without. */
function said(child: ChildProcess, pattern: RegExp): Promise<string> {
	return new Promise((resolve, reject) => {
		let text = '';
		child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
			text += piece;
			const found = pattern.exec(text)?.[1];
			if (found !== undefined) resolve(found);
		});
		child.once('exit', () => reject(new Error(`It said only: ${text}`)));
	});
}

async function started(child: ChildProcess): Promise<{ readonly child: ChildProcess; readonly port: number }> {
	const [port] = (await once(child, 'message')) as [number];
	return { child, port };
}
