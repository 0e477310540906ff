import type { GatewayRequest } from '../gateway/gateway';

/** What the operator of the gateway asks it: whether it lives, whether it can serve, what it counted. */
export interface OperatorParts {
	/**
	 * Why no further request should come here; undefined: some key answers, now or after its wait, and requests are taken.
	 * `noToken`: it cannot know yet whom to let in.
	 */
	readonly notReady: () => 'leaving' | 'noToken' | 'noKey' | undefined;
	/** Other computers can come here. A balancer asks for health under an address; what is counted is for a token then. */
	readonly isForTeam: boolean;
	readonly metrics: { readonly contentType: string; text(): Promise<string> };
	/** What the metrics ask for as a bearer token; undefined: nothing. */
	readonly metricsToken: string | undefined;
	readonly isSame: (a: string, b: string) => boolean;
	/** Whether the request came under a name of this computer, and from no web page. */
	readonly isTrusted: (request: GatewayRequest, port: number) => boolean;
}

const plain = 'text/plain; charset=utf-8';

/** Undefined for any other request. */
export async function operatorResponse(
	request: GatewayRequest,
	port: number,
	{ notReady, isForTeam, metrics, metricsToken, isSame, isTrusted }: OperatorParts,
): Promise<Response | undefined> {
	const { pathname } = new URL(request.url);
	if (!/^\/(?:healthz|readyz|metrics)$/.test(pathname)) return undefined;
	const isOpen =
		isForTeam && request.headers.get('origin') === null && (pathname !== '/metrics' || metricsToken !== undefined);
	if (!isOpen && (isForTeam || !isTrusted(request, port))) return say(403, refused(isForTeam));
	if (request.method !== 'GET' && request.method !== 'HEAD') {
		return say(405, 'Only GET and HEAD.\n', plain, { allow: 'GET, HEAD' });
	}
	switch (pathname) {
		case '/healthz':
			return say(200, 'ok\n');
		case '/readyz':
			return readiness(notReady());
		default: {
			const sent = /^bearer (.*)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
			if (metricsToken !== undefined && !isSame(sent.trim(), metricsToken)) {
				return say(401, 'This page asks for a token.\n', plain, { 'www-authenticate': 'Bearer realm="keypool"' });
			}
			return say(200, await metrics.text(), metrics.contentType);
		}
	}
}

function refused(isForTeam: boolean): string {
	return isForTeam ? 'Set KEYPOOL_METRICS_TOKEN to have this page.\n' : 'This page is for this computer.\n';
}

const unready = { leaving: 'leaving', noToken: 'no token is known yet', noKey: 'no key can answer' } as const;

function readiness(notReady: ReturnType<OperatorParts['notReady']>): Response {
	return notReady === undefined ? say(200, 'ready\n') : say(503, `${unready[notReady]}\n`);
}

function say(status: number, text: string, type = plain, more: Readonly<Record<string, string>> = {}): Response {
	const headers = { ...more, 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
	return new Response(text, { status, headers });
}
