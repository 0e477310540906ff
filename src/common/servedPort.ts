import type { Disposable } from './dispose';

interface Closable {
	close(): Promise<void>;
}

export interface ServedPortParts<Source extends Disposable> {
	/** Makes what is served. */
	readonly open: () => Promise<Source>;
	/** Rejects where the port cannot be had. */
	readonly serve: (port: number, source: Source) => Promise<Closable>;
	readonly clock: { after(ms: number, run: () => void): () => void };
	/** ms between tries: the program that has the port may end. */
	readonly retryMs: number;
	/** The port is served from now on. */
	readonly serving: (port: number, server: Closable) => void;
	/** The port cannot be had for a while: said once for each port, tried again quietly. */
	readonly trouble: (port: number, error: unknown) => void;
}

/** ms in which nothing is said: another window that had the port, and slept, learns a moment later that it has it no more. */
const quietMs = 2_500;

/** Serves something on a port from now on, as soon as it can be had. What it returns ends it. */
export function openServedPort<Source extends Disposable>(port: number, parts: ServedPortParts<Source>): () => void {
	let ended = false;
	let triedMs = 0;
	let isToldOfTrouble = false;
	let timer: (() => void) | undefined;
	let close: (() => Promise<void>) | undefined;

	const begin = async (): Promise<void> => {
		const source = await parts.open();
		let server: Closable;
		try {
			server = await parts.serve(port, source);
		} catch (error) {
			source.dispose();
			throw error;
		}
		close = async () => {
			await server.close();
			source.dispose();
		};
		if (ended) await close();
		else parts.serving(port, server);
	};
	const attempt = (): void => {
		begin().catch((error: unknown) => {
			if (ended) return;
			if (!isToldOfTrouble && triedMs >= quietMs) {
				isToldOfTrouble = true;
				parts.trouble(port, error);
			}
			triedMs += parts.retryMs;
			timer = parts.clock.after(parts.retryMs, attempt);
		});
	};
	attempt();
	return () => {
		ended = true;
		timer?.();
		close?.().catch(() => undefined);
	};
}
