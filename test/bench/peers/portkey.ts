import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as v from 'valibot';
import { EventReader } from '../../../src/gemini/transport/sse';
import { freePort } from '../../support/monitoring/freePort';
import type { Peer, PeerKey, Place } from './peer';
import { machineNow } from './scaledTime';

/** How the gateway is told to use the keys: at random by weight with its own retries, or one after the other. */
export type PortkeyMode = 'loadbalance' | 'fallback';

const script = 'test/bench/peers/node_modules/@portkey-ai/gateway/build/start-server.js';
/** The most that its documentation allows. */
const attempts = 5;
/** By the machine's time. */
const longestStartMs = 30_000;

const Piece = v.object({
	choices: v.array(v.object({ delta: v.optional(v.object({ content: v.nullish(v.string()) })) })),
});

/** Portkey's gateway in a process of its own, on the same time as this one, asked as its users ask it: in OpenAI's terms. */
export async function portkey({ baseUrl, keys, model }: Place, mode: PortkeyMode): Promise<Peer> {
	const config = portkeyConfig({ baseUrl, keys }, mode);
	const gateway = await startPortkey();
	return {
		async *ask(content, signal) {
			const response = await fetch(`${gateway.address}/v1/chat/completions`, {
				method: 'POST',
				headers: { 'content-type': 'application/json', 'x-portkey-config': config },
				body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content }] }),
				signal,
			});
			if (!response.ok || !response.body) throw new Error(`${response.status}: ${await response.text()}`);
			const events = new EventReader();
			for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
				for (const { data } of events.push(bytes)) {
					if (data === '[DONE]') return;
					const text = v.parse(Piece, JSON.parse(data)).choices[0]?.delta?.content ?? '';
					if (text !== '') yield { text };
				}
			}
		},
		close: () => gateway.close(),
	};
}

/** What a request tells it in a header. */
export function portkeyConfig(
	{ baseUrl, keys }: { readonly baseUrl: string; readonly keys: readonly Pick<PeerKey, 'secret' | 'weight'>[] },
	mode: PortkeyMode,
): string {
	const targets = keys.map(({ secret, weight }) => ({
		provider: 'google',
		api_key: secret,
		custom_host: baseUrl,
		...(mode === 'loadbalance' && { weight, retry: { attempts } }),
	}));
	return JSON.stringify({ strategy: { mode }, targets });
}

/** Its process, as soon as it takes requests. */
export async function startPortkey(): Promise<{
	readonly address: string;
	readonly pid: number;
	close(): Promise<void>;
}> {
	const port = await freePort();
	const gateway = spawn(process.execPath, [...process.execArgv, script, `--port=${port}`, '--headless'], {
		stdio: 'ignore',
		env: { ...process.env, NODE_ENV: 'production' },
	});
	// However this process ends, it leaves none behind.
	const stop = (): void => void gateway.kill();
	process.once('exit', stop);
	const address = `http://127.0.0.1:${port}`;
	await answers(address, gateway);
	return {
		address,
		pid: gateway.pid ?? 0,
		close: async () => {
			const gone = once(gateway, 'exit');
			stop();
			await gone;
			process.off('exit', stop);
		},
	};
}

/** Resolves when the gateway takes requests. */
async function answers(address: string, gateway: ChildProcess): Promise<void> {
	const from = machineNow();
	for (;;) {
		if (gateway.exitCode !== null) throw new Error('Portkey’s gateway did not start.');
		const response = await fetch(address).catch(() => undefined);
		if (response?.ok === true) return;
		if (machineNow() - from > longestStartMs) throw new Error('Portkey’s gateway does not answer.');
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}
