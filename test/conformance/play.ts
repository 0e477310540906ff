import { systemClock } from '../../src/node/systemClock';
import { VirtualClock } from '../support/virtualClock';
import type { Scenario } from './scenario';
import { roomOver, Stage } from './stage';
import { fetchOf, listen } from './transport';
import { Upstream, type Call } from './upstream';

/** What came of a scenario, in the words that scenarios expect it in. */
export interface Outcome {
	/** `A gemini-3.8-flash @0`: key, model (or `list`), s since the beginning; over sockets without the time. */
	readonly calls: readonly string[];
	/** What each send came to, in order. */
	readonly outcomes: readonly string[];
	/** How each ask ended: `answered`, or the reason. */
	readonly ends: readonly string[];
	readonly texts: readonly string[];
	readonly keys: Readonly<Record<string, string>>;
	readonly pool: string;
	readonly raw: readonly Call[];
}

/** noon in Los Angeles; the day there ends in 12 h. */
const noon = Date.UTC(2026, 10, 24, 20);

/** Plays a scenario through pool, gemini room and the real SDK. */
export async function play(scenario: Scenario): Promise<Outcome> {
	return scenario.over === 'sockets' ? playOverSockets(scenario) : playInVirtualTime(scenario);
}

async function playInVirtualTime(scenario: Scenario): Promise<Outcome> {
	const clock = new VirtualClock(noon);
	const upstream = new Upstream(scenario, () => clock.monotonic() / 1000);
	const stage = new Stage(scenario, clock, roomOver(fetchOf(upstream), 'https://upstream.invalid'), 1000);
	const all = stage.askAll();
	await clock.until(all);
	await clock.advance((scenario.thenWait ?? 0) * 1000);
	const outcome = stage.outcome(await all, upstream.calls, true);
	stage.pool.dispose();
	return outcome;
}

async function playOverSockets(scenario: Scenario): Promise<Outcome> {
	const upstream = new Upstream(scenario, () => 0);
	const listening = await listen(upstream);
	try {
		const stage = new Stage(scenario, systemClock, roomOver(fetch, listening.baseUrl), 5, upstream.called);
		const outcome = stage.outcome(await stage.askAll(), upstream.calls, false);
		stage.pool.dispose();
		return outcome;
	} finally {
		await listening.close();
	}
}
