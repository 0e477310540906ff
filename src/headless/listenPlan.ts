import { UsageError } from './usageError';

/** Where the gateway listens, and whom it answers there. */
export interface ListenPlan {
	/** Undefined: the loopback addresses. */
	readonly address: string | undefined;
	readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
	/** Names by which a proxy in front is reached; with a port at that alone, else at any. */
	readonly proxies: readonly string[];
	/** Web pages that may ask, such as VS Code in a browser: none unless they are named. */
	readonly origins: readonly string[];
	/** ms for which requests are still taken after `/readyz` has begun to answer 503. */
	readonly drainDelayMs: number;
}

/** An option as it was given. */
type TextOf = (
	name: 'listen' | 'tls-cert' | 'tls-key' | 'behind-proxy' | 'allow-origins' | 'drain-delay',
) => string | undefined;

/** ms. A balancer that looks every two seconds has seen it three times. */
const usualDrainDelayMs = 6_000;
const maxNames = 20;

/** Whether other computers can come to it, directly or through a proxy. */
export function isForTeam({ tls, proxies }: Pick<ListenPlan, 'tls' | 'proxies'>): boolean {
	return tls !== undefined || proxies.length > 0;
}

/** @throws UsageError where the gateway would leave this computer in the clear. */
export function listenPlanOf(text: TextOf): ListenPlan {
	const address = text('listen');
	const [certFile, keyFile] = [text('tls-cert'), text('tls-key')];
	if ((certFile === undefined) !== (keyFile === undefined)) {
		throw new UsageError('--tls-cert and --tls-key are needed together.');
	}
	const tls = certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile };
	const proxies = names('behind-proxy', text).map((name) => name.toLowerCase());
	const isEmpty = text('behind-proxy') !== undefined && proxies.length === 0;
	if (isEmpty || proxies.some((name) => !/^[a-z\d](?:[a-z\d.-]{0,250}[a-z\d])?(?::\d{1,5})?$/.test(name))) {
		throw new UsageError(
			'--behind-proxy takes names of hosts, with a port where clients name one, separated by commas.',
		);
	}
	if (address !== undefined && !isAddress(address)) {
		throw new UsageError('--listen is an IP address, such as 0.0.0.0 for all of this computer.');
	}
	if (address !== undefined && !isLoopback(address) && !isForTeam({ tls, proxies })) {
		throw new UsageError(
			'--listen leaves this computer only with TLS (--tls-cert and --tls-key) or behind a proxy (--behind-proxy): otherwise tokens and prompts would cross the network unencrypted.',
		);
	}
	const origins = names('allow-origins', text);
	if (origins.length > 0 && !isForTeam({ tls, proxies })) {
		throw new UsageError('--allow-origins is for the gateway of a team: no web page may ask that of one computer.');
	}
	if (origins.some((origin) => !/^https?:\/\/(?:\*\.)?[a-z\d.-]{1,250}(?::\d{1,5})?$/.test(origin))) {
		throw new UsageError('--allow-origins takes origins such as https://*.vscode-cdn.net, separated by commas.');
	}
	const isUsual = isForTeam({ tls, proxies }) ? usualDrainDelayMs : 0;
	return { address, tls, proxies, origins, drainDelayMs: seconds(text('drain-delay')) ?? isUsual };
}

function names(option: 'behind-proxy' | 'allow-origins', text: TextOf): readonly string[] {
	const all = (text(option) ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
	if (all.length > maxNames) throw new UsageError(`--${option} takes ${maxNames} names at most.`);
	return all;
}

function seconds(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const value = Number(text);
	if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > 600) {
		throw new UsageError('--drain-delay is a whole number of seconds from 0 to 600.');
	}
	return value * 1000;
}

function isAddress(text: string): boolean {
	return /^(?:\d{1,3}\.){3}\d{1,3}$|^[\da-f]*:[\da-f:.]*$/i.test(text);
}

function isLoopback(address: string): boolean {
	return address.startsWith('127.') || address === '::1';
}
