import type { Clock, Dispose } from '../../pool/pool';

/** What is served, until it ends. */
export interface MetricsSource {
	readonly contentType: string;
	text(): Promise<string>;
	dispose(): void;
}

export interface MetricsPortParts {
	/** Begins to count. */
	readonly open: () => Promise<MetricsSource>;
	/** Rejects where the port cannot be had. */
	readonly serve: (port: number, source: MetricsSource) => Promise<{ close(): Promise<void> }>;
	readonly clock: Pick<Clock, 'after'>;
	/** The port is served from now on. */
	readonly serving: (port: number) => void;
	/** The port cannot be had: said once for each port, tried again quietly. */
	readonly trouble: (port: number, error: unknown) => void;
}

/** ms between tries: whoever has the port may end. */
const retryMs = 4_000;

/** Serves the metrics on a port from now on. What it returns ends it. */
export function openMetricsPort(port: number, parts: MetricsPortParts): Dispose {
	let ended = false;
	let serviceMessage = false;
	let timer: Dispose | undefined;
	let close: (() => Promise<void>) | undefined;

	const begin = async (): Promise<void> => {
		const source = await parts.open();
		let server: { close(): Promise<void> };
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
		else parts.serving(port);
	};
	const attempt = (): void => {
		begin().catch((error: unknown) => {
			if (ended) return;
			if (!serviceMessage) parts.trouble(port, error);
			serviceMessage = true;
			timer = parts.clock.after(retryMs, attempt);
		});
	};
	attempt();
	return () => {
		ended = true;
		timer?.();
		close?.().catch(() => undefined);
	};
}
