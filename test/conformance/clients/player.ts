/** A process in which one client plays one scenario, on its own clock; it knows of it what any stranger is told. */
import type { AskBrief, Brief } from '../server/contract';
import { clientOf, isClientName } from './clients';
import type { Client } from './client';

/** Beyond the longest wait of an ask nobody waits any more: s of the scenario, and as many of the machine. */
const grace = { scenario: 60, machine: 2 };

async function play(name: string, baseUrl: string): Promise<void> {
	if (!isClientName(name)) throw new Error(`There is no client ${name}.`);
	const brief = (await (await fetch(`${baseUrl}/_scenario`)).json()) as Brief;
	const client = await clientOf(name).create({ baseUrl, brief });
	await sleep((Date.parse(brief.begins) - Date.now()) / 1000);
	await fetch(`${baseUrl}/_begin`, { method: 'POST' });
	await Promise.all(
		brief.asks.map(async (ask, n) => {
			await sleep(ask.at);
			const end = await ended(client, ask, n, brief.scale);
			await fetch(`${baseUrl}/_end`, { method: 'POST', body: JSON.stringify({ ask: n, ...end }) });
		}),
	);
	await fetch(`${baseUrl}/_stop`, { method: 'POST' });
	await client.close?.();
}

async function ended(client: Client, ask: AskBrief, n: number, scale: number): Promise<{ end: string; text?: string }> {
	const gone = new AbortController();
	let isCancelled = false;
	if (ask.cancelAfter !== undefined) {
		void sleep(ask.cancelAfter).then(() => {
			isCancelled = true;
			gone.abort(new Error('enough'));
		});
	}
	const patience = ask.maxWait + grace.scenario + (grace.machine + (client.startMs ?? 0) / 1000) * scale;
	const late = sleep(patience).then(() => {
		gone.abort(new Error('late'));
		return { end: 'late' };
	});
	const answer = client.ask(ask, n, gone.signal).then(
		({ text, end = 'answered' }) => ({ end, text }),
		() => ({ end: isCancelled ? 'cancelled' : 'failed' }),
	);
	return Promise.race([answer, late]);
}

function sleep(s: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, s * 1000));
}

const [name = '', baseUrl = ''] = process.argv.slice(2);
// Whatever a client left open ends with it.
play(name, baseUrl).then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
