import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { openServedPort } from '../../../../src/common/servedPort';
import { Metrics } from '../../../../src/monitoring/metrics/metrics';
import { startMetrics } from '../../../../src/monitoring/metrics/startMetrics';
import { PortError, servePage } from '../../../../src/node/http/pageServer';
import { LeaderElection } from '../../../../src/pool/maintenance/leaderElection';
import { VirtualClock } from '../../../support/virtualClock';
import { until } from '../../../support/window/until';
import { answers, Rig } from '../../../support/pool/rig';
import { words } from '../../../support/views/snapshots';
import { settingsOf, Written } from '../../../support/written';

/** Metrics of a pool on a port that can be moved, with what a person and the log are told. */
function start(port: number, serve: typeof servePage = servePage) {
	const rig = new Rig({ a: {} }, answers);
	const source = new Written({ 'metrics.port': port });
	const settings = settingsOf(source, { invalid: () => undefined, listenerFailed: assert.ifError });
	const lines: string[] = [];
	const warnings: string[] = [];
	const line = (text: string): void => void lines.push(text);
	const metrics = startMetrics({
		pool: rig.pool,
		clock: rig.clock,
		mask: (text) => text,
		log: { trace: line, debug: line, info: line, warn: line, error: line },
		words,
		load: () => Promise.resolve({ Metrics }),
		token: () => Promise.resolve(undefined),
		port: settings.metricsPort,
		election: new LeaderElection(rig.store, rig.clock, 'one'),
		servePage: serve,
		warn: (text) => warnings.push(text),
	});
	const move = (to: number): void => source.write({ 'metrics.port': to });
	return { rig, metrics, lines, warnings, move };
}

describe('the port that the setting names', () => {
	const taken: Server[] = [];
	afterEach(async () => {
		for (const server of taken.splice(0)) await new Promise((resolve) => server.close(resolve));
	});

	async function takenPort(): Promise<number> {
		const server = createServer();
		taken.push(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return (server.address() as AddressInfo).port;
	}

	it('says in words, once, that another program has it, and serves as soon as it is free', async () => {
		const port = await takenPort();
		const { rig, metrics, lines, warnings } = start(port);
		await until('the warning', async () => {
			await rig.clock.advance(5_000);
			return warnings.length > 0;
		});
		const sentence = `Port ${port} for the metrics is taken by another program. Choose another one in the settings.`;
		for (let tries = 0; tries < 3; tries++) await rig.clock.advance(5_000);
		assert.deepEqual(warnings, [sentence]);
		assert.deepEqual(lines, [`metrics cannot be served on port ${port}: inUse`]);
		await new Promise((resolve) => taken.splice(0)[0]?.close(resolve));
		await until('the page', async () => {
			await rig.clock.advance(5_000);
			return lines.length > 1;
		});
		assert.match(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(), /gemini_enabled_keys 1/);
		assert.deepEqual(warnings, [sentence]);
		metrics.dispose();
	});

	it('says in words that this computer does not allow it, and takes another one at once', async () => {
		let served = 0;
		const { rig, metrics, lines, warnings, move } = start(80, async (port, page) => {
			// What the system answers to a port below 1024 where only an administrator may have it.
			if (port < 1024) throw new PortError('notAllowed');
			// Whichever is free stands for the one that is named.
			const server = await servePage(0, page);
			served = server.port;
			return server;
		});
		await rig.clock.advance(10_000);
		assert.deepEqual(warnings, [
			'This computer does not allow port 80 for the metrics: its system keeps it for itself, as Windows does with whole ranges. Choose another one above 1023 in the settings.',
		]);
		move(9_464);
		await until('the page', async () => {
			await rig.clock.advance(1_000);
			return lines.some((line) => line.includes('are served on http://127.0.0.1:9464/'));
		});
		assert.equal((await fetch(`http://127.0.0.1:${served}/metrics`)).status, 200);
		metrics.dispose();
	});

	it('shows nothing of before once everything was erased, and counts on', async () => {
		const pages: (() => Promise<string>)[] = [];
		const { rig, metrics, lines } = start(9_464, (_, page) => {
			pages.push(() => page.read());
			return Promise.resolve({ port: 9_464, close: () => Promise.resolve() });
		});
		await until('the page', async () => {
			await rig.clock.advance(1_000);
			return lines.length > 0;
		});
		const sends = async (): Promise<number> =>
			((await pages[0]?.()) ?? '').match(/^gemini_attempts_total\{/gm)?.length ?? 0;
		await rig.answer();
		assert.equal(await sends(), 1);
		metrics.forget();
		assert.equal(await sends(), 0);
		await rig.answer();
		assert.equal(await sends(), 1);
		metrics.dispose();
	});

	it('says that the log knows more where it fails otherwise, and is not opened at all when it is 0', async () => {
		const { rig, metrics, lines, warnings, move } = start(9_464, () => Promise.reject(new Error('EMFILE')));
		await rig.clock.advance(10_000);
		assert.deepEqual(warnings, ['The metrics cannot be served on port 9464. See Keypool’s log for the reason.']);
		assert.deepEqual(lines, ['metrics cannot be served on port 9464: EMFILE']);
		move(0);
		await rig.clock.advance(60_000);
		assert.equal(lines.length, 1);
		metrics.dispose();
	});
});

describe('the port of the metrics', () => {
	function port(serve: () => Promise<{ close(): Promise<void> }>) {
		const clock = new VirtualClock();
		const heard: string[] = [];
		const off = openServedPort(9_400, {
			open: () =>
				Promise.resolve({ contentType: 'text/plain', text: () => Promise.resolve(''), dispose: () => undefined }),
			serve,
			clock,
			retryMs: 4_000,
			serving: () => heard.push('serving'),
			trouble: (_, error) => heard.push(String(error)),
		});
		return { clock, heard, off };
	}

	it('that is taken is said once, and taken over within 5 s once it is free', async () => {
		let free = false;
		let closed = 0;
		const { clock, heard, off } = port(() => {
			const close = (): Promise<void> =>
				Promise.resolve().then(() => {
					closed++;
				});
			return free ? Promise.resolve({ close }) : Promise.reject(new Error('taken'));
		});
		await clock.advance(60_000);
		assert.deepEqual(heard, ['Error: taken']);
		free = true;
		await clock.advance(5_000);
		assert.deepEqual(heard.slice(1), ['serving']);
		off();
		await clock.settle();
		assert.deepEqual([closed, clock.pending], [1, 0]);
	});

	it('is closed also where its end came while it was being opened', async () => {
		let closed = 0;
		const { clock, heard, off } = port(() =>
			Promise.resolve({
				close: () =>
					Promise.resolve().then(() => {
						closed++;
					}),
			}),
		);
		off();
		await clock.settle();
		assert.deepEqual([closed, heard], [1, []]);
	});
});
