import type { GatewayDoors } from '../parts';

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Whether `Host` names this computer with our port, or a host of the list. A page that reaches us by DNS rebinding names another
 * one. A host that is listed without a port matches any, because a proxy in front may have another port than ours.
 */
export function isHost(host: string | null, port: number, { hosts }: GatewayDoors): boolean {
	const name = host?.toLowerCase();
	if (name === undefined) return false;
	return (
		loopbackNames.some((one) => name === `${one}:${port}` || (port === 80 && name === one)) ||
		hosts.some((one) => matches(name, one) || matches(name.replace(/:\d+$/, ''), one))
	);
}

/** Whether a page of this origin may ask: the list has it, or a `*.` above it. */
export function isOrigin(origin: string | null, { origins }: GatewayDoors): origin is string {
	return origin !== null && origins.some((one) => matches(origin, one));
}

/** `*.` at the start of a pattern stands for one label or more. Nothing else is special. */
function matches(text: string, pattern: string): boolean {
	const at = pattern.indexOf('*.');
	if (at < 0) return text === pattern;
	const [before, after] = [pattern.slice(0, at), pattern.slice(at + 1)];
	const labels = text.slice(before.length, text.length - after.length);
	return text.startsWith(before) && text.endsWith(after) && /^[a-z\d-]+(?:\.[a-z\d-]+)*$/.test(labels);
}

/** The headers that the browser of an allowed web page needs; none for anybody else. */
export function corsHeaders(origin: string | null, doors: GatewayDoors): Readonly<Record<string, string>> {
	if (!isOrigin(origin, doors)) return {};
	return {
		'access-control-allow-origin': origin,
		'access-control-expose-headers':
			'retry-after, retry-after-ms, x-should-retry, x-keypool-model, x-keypool-wait-ms, x-keypool-fallbacks, x-keypool-request',
		vary: 'origin',
	};
}

/** Names of headers, as a browser lists them. */
const headerNames = /^[\w-]+(?:, ?[\w-]+)*$/;
const maxHeaderNames = 4_096;

/**
 * The answer to a browser that asks whether it may ask: with whichever headers its page's SDK has of its own, since none goes on.
 *
 * @param wanted the headers that it asks for
 */
export function preflight(origin: string | null, doors: GatewayDoors, wanted: string | null): Response {
	const areNames = wanted !== null && wanted.length <= maxHeaderNames && headerNames.test(wanted);
	return new Response(null, {
		status: 204,
		headers: {
			...corsHeaders(origin, doors),
			'access-control-allow-methods': 'GET, POST',
			'access-control-allow-headers': areNames
				? wanted
				: 'authorization, content-type, x-goog-api-key, x-goog-api-client, x-keypool-session, x-keypool-priority, x-keypool-max-wait-ms',
			'access-control-max-age': '600',
		},
	});
}
