import assert from 'node:assert/strict';
import { Emitter } from '../../../src/common/emitter';
import type { GatewayRequest } from '../../../src/gateway/gateway';
import { clientStorage, type ClientSecrets } from '../../../src/localGateway/clientStorage';
import { gatewayRules, poolOfUser } from '../../../src/localGateway/gatewayRules';
import { isKeypoolAt } from '../../../src/localGateway/keypoolAt';
import { PaidDemand } from '../../../src/localGateway/paidDemand';
import { ServedGateway } from '../../../src/localGateway/servedGateway';
import { portRefusedInWords, statusInWords } from '../../../src/localGateway/statusInWords';
import { PortError } from '../../../src/node/http/pageServer';
import { userLevelOf } from '../../../src/settings/settings';
import { ClientCounts } from '../../../src/pool/pool';
import { LeaderElection } from '../../../src/pool/maintenance/leaderElection';
import { GatewayRig, question, stream } from '../../support/gateway/gatewayRig';
import type { VirtualClock } from '../../support/virtualClock';
import { words } from '../../support/views/snapshots';
import { settingsOf, Written } from '../../support/written';

/** The ports of one computer. */
class Ports {
	readonly taken = new Map<number, (request: GatewayRequest, port: number) => Promise<Response>>();
	/** Whom somebody else has, or this computer does not give away. */
	readonly refused = new Map<number, 'inUse' | 'notAllowed'>();
	/** Ports that another editor's Keypool has. */
	readonly keypools = new Set<number>();
	/** Until then nobody knows whose a port is. */
	known = Promise.resolve();
	/** Where everything was ended, answers under way included. */
	readonly closed: number[] = [];

	serve = ({
		port,
		handle,
	}: {
		port: number;
		handle: (request: GatewayRequest, port: number) => Promise<Response>;
	}) => {
		const reason = this.refused.get(port) ?? (this.taken.has(port) ? 'inUse' : undefined);
		if (reason) return Promise.reject(new PortError(reason));
		this.taken.set(port, handle);
		return Promise.resolve({
			stop: () => {
				this.taken.delete(port);
				return Promise.resolve();
			},
			close: () => {
				if (this.taken.get(port) === handle) this.taken.delete(port);
				this.closed.push(port);
				return Promise.resolve();
			},
		});
	};
}

/** A window with a gateway, over a pool and a store that it shares with the others of its rig. */
function windowOn(rig: GatewayRig, name: string, ports: Ports, values: Readonly<Record<string, unknown>> = {}) {
	const source = new Written({ 'gateway.enabled': true, ...values });
	const settings = settingsOf(source);
	const election = new LeaderElection(rig.store, rig.clock, name);
	const demand = new PaidDemand({ election, clock: rig.clock, paidOnly: settings.paidOnly, windowId: name });
	const told: string[] = [];
	const line = (text: string): void => void told.push(text);
	const served = new ServedGateway({
		...{ pool: poolOfUser(rig.pool, settings), gemini: rig.gemini, tokens: rig.tokens },
		...{ counts: new ClientCounts(rig.store), words, clock: rig.clock, newId: () => 'id', report: assert.ifError },
		blockedReason: () => Promise.resolve(undefined),
		ready: () => Promise.resolve(),
		rules: () => gatewayRules(settings, settings, demand.isMade),
		...{ isEnabled: settings.gatewayEnabled, port: settings.gatewayPort, election },
		serve: ports.serve,
		isKeypoolAt: (port) => ports.known.then(() => ports.keypools.has(port)),
		log: { info: line, warn: line },
		onPortRefused: (port, reason) => line(`${port} ${String(reason)}`),
	});
	return {
		...{ served, told, election },
		write: (change: Readonly<Record<string, unknown>>) => source.write(change),
		/** As a window that is closed. */
		close: () => {
			served.dispose();
			election.dispose();
		},
	};
}

describe('the gateway of several windows', () => {
	it('is served by one of them, and by another at once when that one goes', async () => {
		const [rig, ports] = [new GatewayRig({ a: {} }), new Ports()];
		const first = windowOn(rig, 'first', ports);
		await rig.clock.advance(10);
		const second = windowOn(rig, 'second', ports);
		await rig.clock.advance(10);
		assert.deepEqual([first.served.status.state, second.served.status.state], ['serving', 'servedElsewhere']);
		assert.deepEqual([...ports.taken.keys()], [8642]);
		first.close();
		await rig.clock.advance(1_100);
		assert.equal(second.served.status.state, 'serving');
		assert.deepEqual(
			[...first.told, ...second.told],
			['the gateway answers at http://127.0.0.1:8642', 'the gateway answers at http://127.0.0.1:8642'],
		);
	});

	it('is taken over within 5 s where the window that had it ended without a word', async () => {
		const [rig, ports] = [new GatewayRig({ a: {} }), new Ports()];
		const first = new LeaderElection(rig.store, rig.clock, 'first');
		for (const role of ['gateway', 'gatewayPort'] as const) first.campaign(role, () => () => undefined);
		await rig.clock.advance(2_000);
		const second = windowOn(rig, 'second', ports);
		await rig.clock.advance(10);
		assert.equal(second.served.status.state, 'servedElsewhere');
		// A process that is killed renews nothing and says nothing.
		Object.assign(first, { retry: () => undefined });
		await rig.clock.advance(5_000);
		assert.equal(second.served.status.state, 'serving');
	});

	it('goes to another window without a false alarm where that one is the first to wake after the computer has slept', async () => {
		const [rig, ports] = [new GatewayRig({ a: {} }), new Ports()];
		ports.keypools.add(8642);
		const first = windowOn(rig, 'first', ports);
		await rig.clock.advance(500);
		const second = windowOn(rig, 'second', ports);
		await rig.clock.advance(1_900);
		rig.clock.jump(8 * 3_600_000);
		await rig.clock.advance(4_000);
		assert.deepEqual([first.served.status.state, second.served.status.state], ['servedElsewhere', 'serving']);
		assert.deepEqual(second.told, ['the gateway answers at http://127.0.0.1:8642']);
	});

	it('stops and starts with the setting, and moves with its port', async () => {
		const [rig, ports] = [new GatewayRig({ a: {} }), new Ports()];
		const window = windowOn(rig, 'one', ports, { 'gateway.enabled': false });
		await rig.clock.advance(2_000);
		assert.deepEqual([window.served.status.state, ports.taken.size], ['off', 0]);
		window.write({ 'gateway.enabled': true });
		await rig.clock.advance(10);
		assert.deepEqual([window.served.status.state, [...ports.taken.keys()]], ['serving', [8642]]);
		window.write({ 'gateway.port': 9000 });
		await rig.clock.advance(2_000);
		assert.deepEqual([window.served.address, [...ports.taken.keys()]], ['http://127.0.0.1:9000', [9000]]);
		window.write({ 'gateway.enabled': false });
		await rig.clock.advance(10);
		assert.deepEqual([window.served.status.state, ports.taken.size], ['off', 0]);
	});

	/** A question that reaches the gateway, and the rest of whose answer is yet to come. */
	async function underWay(rig: GatewayRig, ports: Ports): Promise<Response> {
		const handle = ports.taken.get(8642) ?? assert.fail('Nobody serves.');
		const headers = { host: '127.0.0.1:8642', 'content-type': 'application/json', 'x-goog-api-key': rig.token };
		const body = JSON.stringify(question('Tell me much'));
		const asked = new Request(`http://127.0.0.1:8642${stream}`, { method: 'POST', headers, body });
		return rig.clock.until(handle(asked, 8642));
	}

	it('tells its view as soon as a client has something under way, and when it has no more', async () => {
		const [rig, ports] = [new GatewayRig({ a: {} }), new Ports()];
		const { served } = windowOn(rig, 'one', ports);
		await rig.clock.advance(10);
		const [client] = rig.tokens.list();
		const seen: number[] = [];
		served.onDidChange(() => seen.push(served.underWayOf(client?.id ?? '')));
		const answer = await underWay(rig, ports);
		assert.deepEqual(seen, [1]);
		await rig.clock.until(answer.text());
		assert.deepEqual(seen, [1, 0]);
	});

	it('lets answers under way end when it is stopped, and takes no further one', async () => {
		const [rig, ports] = [new GatewayRig({ a: {} }), new Ports()];
		await rig.ready;
		const window = windowOn(rig, 'one', ports);
		await rig.clock.advance(10);
		const handle = ports.taken.get(8642);
		const answer = await underWay(rig, ports);
		window.write({ 'gateway.enabled': false });
		await rig.clock.advance(0);
		assert.deepEqual([window.served.status.state, ports.taken.size, ports.closed], ['off', 0, []]);
		const late = new Request(`http://127.0.0.1:8642/v1beta/models`, {
			headers: { host: '127.0.0.1:8642', 'x-goog-api-key': rig.token },
		});
		assert.equal((await handle?.(late, 8642))?.status, 503);
		const { isWhole, text } = await rig.clock.until(rig.read(Promise.resolve(answer)));
		assert.ok(isWhole && text.includes('"finishReason":"STOP"'), text);
		await rig.clock.advance(0);
		assert.deepEqual(ports.closed, [8642]);
		window.close();
	});

	it('breaks off what a stop leaves under way after ten minutes, or when its window goes', async () => {
		for (const isGone of [true, false]) {
			const [rig, ports] = [new GatewayRig({ a: {} }), new Ports()];
			await rig.ready;
			const window = windowOn(rig, 'one', ports);
			await rig.clock.advance(10);
			// Nobody reads it.
			await underWay(rig, ports);
			window.write({ 'gateway.enabled': false });
			await rig.clock.advance(isGone ? 0 : 599_000);
			assert.deepEqual(ports.closed, []);
			if (isGone) window.close();
			await rig.clock.advance(isGone ? 0 : 2_000);
			assert.deepEqual(ports.closed, [8642]);
			window.close();
		}
	});

	it('has the budgets of tokens in each window, also when the port changes while an answer ends', async () => {
		const [rig, ports] = [new GatewayRig({ a: { tier: 'paid' } }, { client: { dollarsPerDay: 0.5 } }), new Ports()];
		await rig.ready;
		const beside = new GatewayRig({ a: { tier: 'paid' } }, { beside: rig });
		await beside.ready;
		const limits = () => [rig, beside].map(({ pool }) => pool.snapshot().clients[0]?.spending.day.limit);
		// The gateways of the rigs say them as well.
		for (const { gateway } of [rig, beside]) gateway.dispose();
		assert.deepEqual(limits(), [undefined, undefined]);
		const windows = [windowOn(rig, 'one', ports), windowOn(beside, 'two', ports)];
		await rig.clock.advance(10);
		assert.deepEqual(limits(), [500_000, 500_000]);
		const answer = await underWay(rig, ports);
		windows[0]?.write({ 'gateway.port': 9000 });
		await rig.clock.advance(10);
		await rig.clock.until(rig.read(Promise.resolve(answer)));
		await rig.clock.advance(10);
		assert.deepEqual([ports.closed, limits()], [[8642], [500_000, 500_000]]);
		for (const { id } of rig.tokens.list()) await rig.tokens.setRules(id, { dollarsPerDay: 0.25 });
		await rig.clock.advance(10);
		assert.deepEqual(limits(), [250_000, 250_000], 'a rule that a person has changed holds at once');
		for (const window of windows) window.close();
	});

	it('says once that another program has the port, with what to do, and takes it once it is free', async () => {
		const [rig, ports] = [new GatewayRig({ a: {} }), new Ports()];
		ports.refused.set(8642, 'inUse');
		const { served, told } = windowOn(rig, 'one', ports);
		await rig.clock.advance(10_000);
		assert.deepEqual(served.status, { state: 'portRefused', reason: 'inUse' });
		assert.deepEqual(told, ['the gateway cannot use port 8642: inUse', '8642 inUse']);
		assert.match(statusInWords(served.status, 8642, words.t), /^Port 8642 .* is taken by another program\. End that/);
		// Windows keeps ranges that begin above that.
		assert.match(portRefusedInWords(8642, 'notAllowed', words.t), /keeps it for itself.*another one above 1023/);
		ports.refused.clear();
		await rig.clock.advance(1_000);
		assert.equal(served.status.state, 'serving');
	});

	it('is not said to lack a port that it has by the time it is known whose the port was', async () => {
		const [rig, ports] = [new GatewayRig({ a: {} }), new Ports()];
		let know = (): void => undefined;
		ports.known = new Promise((resolve) => (know = resolve));
		ports.refused.set(8642, 'inUse');
		const { served, told } = windowOn(rig, 'one', ports);
		await rig.clock.advance(10_000);
		ports.refused.clear();
		await rig.clock.advance(1_000);
		know();
		await rig.clock.advance(10);
		assert.equal(served.status.state, 'serving');
		const lines = ['the gateway cannot use port 8642: inUse', 'the gateway answers at http://127.0.0.1:8642'];
		assert.deepEqual(told, lines);
	});

	it('is not taken for served by other windows while somebody else has the port: no token goes there', async () => {
		const [rig, ports] = [new GatewayRig({ a: {} }), new Ports()];
		ports.refused.set(8642, 'inUse');
		const first = windowOn(rig, 'first', ports);
		await rig.clock.advance(10);
		const second = windowOn(rig, 'second', ports);
		await rig.clock.advance(10_000);
		assert.deepEqual([first.served.status.state, second.served.status.state], ['portRefused', 'starting']);
		ports.refused.clear();
		await rig.clock.advance(2_100);
		assert.deepEqual([first.served.status.state, second.served.status.state], ['serving', 'servedElsewhere']);
	});

	it('is served by whichever window is left where all others are closed at once', async () => {
		const [rig, ports] = [new GatewayRig({ a: {} }), new Ports()];
		const windows = ['one', 'two', 'three', 'four', 'five'].map((name) => windowOn(rig, name, ports));
		await rig.clock.advance(2_000);
		const states = (): readonly string[] => windows.map(({ served }) => served.status.state);
		assert.deepEqual(states(), ['serving', ...Array<string>(4).fill('servedElsewhere')]);
		for (const window of windows.slice(0, 4)) window.close();
		await rig.clock.advance(5_000);
		assert.equal(states().at(-1), 'serving');
		assert.deepEqual([...ports.taken.keys()], [8642]);
	});

	it('says that it is the Keypool of another editor which has the port', async () => {
		const [rig, ports] = [new GatewayRig({ a: {} }), new Ports()];
		ports.refused.set(8642, 'inUse');
		ports.keypools.add(8642);
		const { served, told } = windowOn(rig, 'one', ports);
		await rig.clock.advance(10_000);
		assert.deepEqual(served.status, { state: 'portRefused', reason: 'inUseByKeypool' });
		assert.deepEqual(told, ['the gateway cannot use port 8642: inUse', '8642 inUseByKeypool']);
		assert.match(statusInWords(served.status, 8642, words.t), /Keypool in another editor\. Stop the gateway there/);
	});

	it('knows another Keypool by how it refuses who has no token, and nobody else', async () => {
		const rig = new GatewayRig({ a: {} });
		const asked: string[] = [];
		const answer =
			(make: (request: Request) => Response | Promise<Response>): typeof fetch =>
			(url, init) => {
				const request = new Request(url, { ...init, headers: { host: '127.0.0.1:8642' } });
				asked.push(request.url);
				return Promise.resolve(make(request));
			};
		const keypool = answer((request) => rig.gateway.handle(request, { port: 8642 }));
		assert.equal(await isKeypoolAt(8642, keypool), true);
		assert.deepEqual(asked, ['http://127.0.0.1:8642/keypool/status']);
		const others = [
			() => new Response('{"error":"no token"}', { status: 401 }),
			() => new Response('KEYPOOL_', { status: 200 }),
			() => Promise.reject(new TypeError('fetch failed')),
		];
		for (const other of others) assert.equal(await isKeypoolAt(8642, answer(other)), false);
	});
});

describe('clients in the secret storage', () => {
	/** The secret storage of one editor, which takes a moment each time. */
	function secretsOf(clock: Pick<VirtualClock, 'after'>) {
		const stored = new Map<string, string>();
		const changed = new Emitter<{ readonly key: string }>();
		const moment = () => new Promise<void>((resolve) => clock.after(10, resolve));
		const secrets: ClientSecrets = {
			get: async (name) => {
				await moment();
				return stored.get(name);
			},
			store: async (name, value) => {
				await moment();
				stored.set(name, value);
				changed.fire({ key: name });
			},
			onDidChange: changed.event,
		};
		return { secrets, changed };
	}

	it('are changed one after the other, and told of by name', async () => {
		const { clock, store } = new GatewayRig({ a: {} });
		const { secrets, changed } = secretsOf(clock);
		const election = new LeaderElection(store, clock, 'one');
		const storage = clientStorage(secrets, { election, clock });
		let heard = 0;
		storage.onDidChange(() => heard++);
		const failed = storage.update(() => {
			throw new Error('refused');
		});
		await assert.rejects(clock.until(Promise.resolve(failed)), /refused/);
		await clock.until(Promise.all(['a', 'b', 'c'].map((letter) => storage.update((text = '') => text + letter))));
		assert.equal(await clock.until(Promise.resolve(storage.read())), 'abc');
		changed.fire({ key: 'key.of-somebody' });
		assert.equal(heard, 3);
		election.dispose();
	});

	it('lose no change that two windows make in the same moment', async () => {
		const { clock, store } = new GatewayRig({ a: {} });
		const { secrets } = secretsOf(clock);
		const elections = ['one', 'two', 'three'].map((name) => new LeaderElection(store, clock, name));
		const changes = elections.map((election, n) =>
			clientStorage(secrets, { election, clock }).update((text = '') => `${text}${n}`),
		);
		await clock.until(Promise.all(changes));
		const text = await clock.until(Promise.resolve(secrets.get('gateway.clients')));
		assert.deepEqual(text?.split('').sort(), ['0', '1', '2']);
		for (const election of elections) election.dispose();
	});

	it('are changed although a window that crashed had the turn', async () => {
		const { clock, store } = new GatewayRig({ a: {} });
		const { secrets } = secretsOf(clock);
		const crashed = new LeaderElection(store, clock, 'crashed');
		await crashed.tryAcquire('gatewayClients');
		Object.assign(crashed, { retry: () => undefined });
		const election = new LeaderElection(store, clock, 'two');
		const began = clock.monotonic();
		await clock.until(Promise.resolve(clientStorage(secrets, { election, clock }).update(() => 'changed')));
		assert.ok(clock.monotonic() - began < 6_000);
		assert.equal(await clock.until(Promise.resolve(secrets.get('gateway.clients'))), 'changed');
		election.dispose();
	});
});

describe('how a tool is served', () => {
	it('is what the user says, and not the workspace', () => {
		const source = new Written({ maxWait: 1, firstTokenTimeout: 2 });
		Object.assign(source.ofUser, { maxWait: 30, firstTokenTimeout: 40, idleTimeout: 50 });
		const ofUser = settingsOf(userLevelOf(source));
		assert.deepEqual(gatewayRules(settingsOf(source), ofUser, true), {
			paidOnly: true,
			fallbackModels: [],
			maxWaitMs: 30_000,
			idle: { firstMs: 40_000, betweenMs: 50_000 },
		});
	});
});
