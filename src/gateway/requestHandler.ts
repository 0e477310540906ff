import { objectIn } from '../common/json';
import { PoolError, type Attempt, type Needs } from '../pool/pool';
import { errorResponse, okResponse } from './answers/responses';
import { fromRefusal, type Refusal } from './answers/ownErrors';
import { answerFromPool, asPoolError, errorOf } from './answers/poolAnswer';
import { fromPoolError } from './answers/poolErrors';
import { statusFor } from './answers/status';
import { callUnmetered } from './answers/unmetered';
import type { ClientRecord } from './clients/clientRecord';
import type { ClientPlace, Clients } from './clients/clients';
import { readBody } from './doors/body';
import { corsHeaders, isHost, isOrigin, preflight } from './doors/origin';
import { routeOf, type NoRoute, type Route } from './doors/route';
import { credentialsIn } from './doors/token';
import type { GatewayEvent, GatewayParts, GatewayRequest, GatewayRules, Peer } from './parts';
import { callOf, forwardedQuery, sdkIn } from './requests/call';
import { listFor, type ModelsRoute } from './requests/models';
import { sessionOf } from './requests/session';
import { timeoutIn } from './requests/timeout';
import type { SignatureMemory } from './requests/signatures';

interface HandlerParts extends GatewayParts {
	readonly clients: Clients;
	readonly signatures: SignatureMemory;
	readonly tell: (event: GatewayEvent) => void;
}

/** A request that has passed the doors: who asks what. */
interface Admitted {
	readonly request: GatewayRequest;
	readonly url: URL;
	readonly route: Exclude<Route, { type: 'status' }>;
	readonly client: ClientRecord;
	readonly place: ClientPlace;
}

/** Answers requests one by one. Everything that can be refused without its body is, before the body is read. */
export class RequestHandler {
	constructor(private readonly parts: HandlerParts) {}

	/** Never rejects. */
	async handle(request: GatewayRequest, peer: Peer): Promise<Response> {
		const url = new URL(request.url);
		const route = routeFor(request, url);
		const response = await this.answer(request, url, route, peer).catch((error: unknown) => {
			const { describeError } = this.parts.words;
			const refused = fromPoolError(asPoolError(error), { describeError }, this.parts.counts.now());
			const { status, reason } = refused;
			if (error instanceof PoolError) this.parts.tell({ type: 'refused', status, reason, path: pathOf(url) });
			// Who leaves in the middle of its body breaks the reading of it: nothing went wrong here.
			else if (!request.signal.aborted) this.parts.report(error);
			return errorResponse(route.dialect, refused);
		});
		for (const [name, value] of Object.entries(corsHeaders(request.headers.get('origin'), this.parts.doors()))) {
			response.headers.set(name, value);
		}
		return response;
	}

	private async answer(request: GatewayRequest, url: URL, route: Route | NoRoute, peer: Peer): Promise<Response> {
		const { headers } = request;
		const doors = this.parts.doors();
		const origin = headers.get('origin');
		const refuse = (refusal: Refusal, client?: ClientRecord): Response =>
			this.refuse(refusal, route.dialect, url, client);
		if (!isHost(headers.get('host'), peer.port, doors)) return refuse({ type: 'hostRefused' });
		const isAllowedOrigin = isOrigin(origin, doors);
		if (request.method === 'OPTIONS' && isAllowedOrigin) {
			return preflight(origin, doors, headers.get('access-control-request-headers'));
		}
		if ((origin !== null && !isAllowedOrigin) || request.method === 'OPTIONS') return refuse({ type: 'originRefused' });
		if (isNone(route)) return refuse(route);
		const client = await this.clientOf(headers, url.searchParams);
		if ('type' in client) return refuse(client);
		if (route.type === 'status') return this.status(client);
		if (request.method === 'POST' && !isJson(headers)) return refuse({ type: 'notJson' }, client);
		const place = this.parts.clients.take(client, request.signal);
		if (place === 'stopping' || place === 'full') return refuse({ type: place }, client);
		if (place === 'tooManyAtOnce') return refuse({ type: 'tooManyAtOnce', limit: client.rules.parallel }, client);
		// An answer that goes on gives it back at its end; else it is given back here.
		const held = { isKept: false };
		try {
			const admitted: Admitted = { request, url, route, client, place };
			const answered = await this.serve(admitted, () => {
				held.isKept = true;
			});
			return answered instanceof Response ? answered : refuse(answered, client);
		} finally {
			if (!held.isKept) place.release();
		}
	}

	/** @param keep the answer goes on, and gives the place back when it has ended */
	private async serve(admitted: Admitted, keep: () => void): Promise<Response | Refusal> {
		const { request, route, url, client, place } = admitted;
		if (route.type === 'models') return this.models(admitted, route);
		const body = await readBody(request, place, this.parts.clock);
		if ('refused' in body) return { type: body.refused };
		const json = objectIn(body.text);
		if (json === undefined) return { type: 'badJson' };
		const call =
			route.type === 'countTokens' ? route : callOf(route, body, json, url.searchParams, sdkIn(request.headers));
		if (call === undefined) return { type: 'noModel' };
		const { model } = call;
		if (!mayAsk(client, model)) return { type: 'modelNotAllowed', model };
		if (call.type === 'countTokens') return this.countTokens(admitted, call, body.bytes);
		const rules = this.parts.rules();
		const needs = needsOf(client, rules);
		if (needs.paid && needs.free) return { type: 'tierConflict' };
		const dayEndsAt = await this.parts.clients.admit(client);
		if (dayEndsAt !== undefined) {
			const { counts, words } = this.parts;
			const retryAfterMs = Math.max(0, dayEndsAt - counts.now());
			const until = words.describeZonedTime(dayEndsAt, counts.now());
			return { type: 'requestsOfDay', limit: client.rules.requestsPerDay ?? 0, retryAfterMs, until };
		}
		const response = await answerFromPool(
			{
				...this.begin(admitted, model),
				client,
				call,
				session: sessionOf(client.id, request.headers, call.conversation),
				needs: this.liveNeeds(client, needs),
				priority: request.headers.get('x-keypool-priority') === 'batch' ? 'batch' : 'chat',
				rules: { ...rules, maxWaitMs: Math.min(rules.maxWaitMs, longestWait(request.headers)) },
				timeoutMs: timeoutIn(request.headers),
			},
			this.parts,
		);
		keep();
		return response;
	}

	/** Read before each send: while a request waits, another window may demand paid keys, or a person change the rules. */
	private liveNeeds(client: ClientRecord, atFirst: Needs): Needs {
		const { tokens, rules } = this.parts;
		const now = (): Needs => needsOf(tokens.list().find(({ id }) => id === client.id) ?? client, rules());
		return {
			get paid() {
				return atFirst.paid === true || now().paid === true;
			},
			get free() {
				return now().free === true;
			},
		};
	}

	/** It takes no place: a client that has as much under way as it may can still ask how it stands. */
	private async status(client: ClientRecord): Promise<Response> {
		const { pool, clock, clients, counts, report } = this.parts;
		await clients.learn([client]).catch(report);
		const { paidOnly } = this.parts.rules();
		const usage = clients.usageOf(client.id);
		const times = { at: counts.now(), now: clock.wall() };
		const status = statusFor({ client, usage, snapshot: pool.snapshot(), paidOnly, ...times });
		return okResponse(JSON.stringify(status), 'application/json; charset=UTF-8');
	}

	/** Tells that a request goes on its way, and what ends it. */
	private begin({ url, client, place }: Admitted, model: string) {
		const { clock, newId, tell, clients, report } = this.parts;
		const id = newId();
		const began = clock.monotonic();
		const about = { request: id, client: client.name, path: pathOf(url), model };
		tell({ type: 'began', ...about });
		let isOpen = true;
		return {
			id,
			signal: place.signal,
			ended: (status: number, isWhole: boolean, attempts: readonly Attempt[]): void => {
				if (!isOpen) return;
				isOpen = false;
				place.release();
				clients.used(client, attempts).catch(report);
				tell({ type: 'ended', ...about, status, isWhole, ms: clock.monotonic() - began });
			},
		};
	}

	private async models(admitted: Admitted, route: ModelsRoute): Promise<Response | Refusal> {
		const { client, url } = admitted;
		const { model } = route;
		if (model !== undefined && !mayAsk(client, model)) return { type: 'modelNotAllowed', model };
		const path = route.dialect === 'openai' ? '/v1beta/openai/models' : `/${route.version}/models`;
		const one = model === undefined ? '' : `/${model}`;
		const query = route.dialect === 'openai' ? '' : forwardedQuery(url.searchParams, false);
		return this.unmetered(admitted, model ?? '', (text, json) => listFor(text, json, client.rules.models), {
			dialect: route.dialect,
			method: 'GET',
			path: () => path + one + query,
		});
	}

	private countTokens(
		admitted: Admitted,
		{ version, model }: Extract<Route, { type: 'countTokens' }>,
		bytes: Uint8Array<ArrayBuffer>,
	): Promise<Response> {
		return this.unmetered(admitted, model, (answer) => answer, {
			dialect: 'gemini',
			method: 'POST',
			path: () => `/${version}/models/${model}:countTokens${forwardedQuery(admitted.url.searchParams, false)}`,
			body: () => bytes,
		});
	}

	private async unmetered(
		{ client, place, url }: Admitted,
		model: string,
		render: (text: string, json: unknown) => string,
		forward: Pick<Parameters<typeof callUnmetered>[0], 'dialect' | 'method' | 'path' | 'body'>,
	): Promise<Response> {
		try {
			const answer = await callUnmetered(
				{ ...forward, isStream: false, namesFile: true, hasFinish: false },
				model,
				needsOf(client, this.parts.rules()),
				place.signal,
				this.parts,
			);
			return okResponse(render(answer.text, answer.json), 'application/json; charset=UTF-8');
		} catch (thrown) {
			const error = errorOf(thrown, { client, signal: place.signal }, this.parts);
			const { status, reason } = error;
			// A client that has left was refused nothing.
			if (reason !== 'cancelled')
				this.parts.tell({ type: 'refused', client: client.name, status, reason, path: pathOf(url) });
			return errorResponse(forward.dialect, error);
		}
	}

	/** The client whose token came, in whichever place. */
	private async clientOf(
		headers: Headers,
		query: URLSearchParams,
	): Promise<ClientRecord | { type: 'noToken' | 'unknownToken' | 'googleKey' }> {
		const credentials = credentialsIn(headers, query);
		for (const credential of credentials) {
			const client = await this.parts.tokens.clientOf(credential);
			if (client) return client;
		}
		const [first] = credentials;
		if (first === undefined) return { type: 'noToken' };
		// What is not known by now may be known all the same.
		if (!this.parts.tokens.isRead) throw new PoolError('keysLocked', []);
		return { type: /^(?:AIza|AQ\.)/.test(first) ? 'googleKey' : 'unknownToken' };
	}

	/** The body is not read any more, so that the connection can serve no other request. */
	private refuse(refusal: Refusal, dialect: Route['dialect'], url: URL, client?: ClientRecord): Response {
		const error = fromRefusal(refusal, this.parts.words.t);
		const { status, reason } = error;
		this.parts.tell({ type: 'refused', ...(client && { client: client.name }), status, reason, path: pathOf(url) });
		const allow = refusal.type === 'wrongMethod' ? { allow: refusal.allow } : {};
		return errorResponse(dialect, error, { connection: 'close', ...allow });
	}
}

function routeFor({ method, headers }: GatewayRequest, { pathname, searchParams: query }: URL): Route | NoRoute {
	// Of a base URL that ends with a slash many programs make two; and behind one a colon would read as the end of a scheme.
	const path = pathname.replace(/\/{2,}/g, '/').replace(/%3a/gi, ':');
	const own = [headers.get('x-goog-api-key'), query.get('key')];
	return routeOf({ method, path, query, hasGeminiCredential: own.some((one) => one !== null && one !== '') });
}

function mayAsk({ rules: { models } }: ClientRecord, model: string): boolean {
	return models === undefined || models.includes(model);
}

/** Which keys may answer it, by its own rules and by those for all. */
function needsOf({ rules: { keys } }: ClientRecord, { paidOnly }: GatewayRules): Needs {
	return { ...((paidOnly || keys === 'paid') && { paid: true }), ...(keys === 'free' && { free: true }) };
}

function isNone(route: Route | NoRoute): route is NoRoute {
	return route.type === 'unsupported' || route.type === 'wrongMethod' || route.type === 'unknown';
}

/** ms that the client itself waits for a key at most: it may rather hear when to come again. */
function longestWait(headers: Headers): number {
	const text = headers.get('x-keypool-max-wait-ms') ?? '';
	return /^\d{1,9}$/.test(text) ? Number(text) : Infinity;
}

/** Another type would be sent by a web page without asking first. A packed body could be a thousand times as large as it is. */
function isJson(headers: Headers): boolean {
	const isPlain = /^(?:identity)?$/i.test(headers.get('content-encoding') ?? '');
	return isPlain && /^application\/json\s*(?:;|$)/i.test(headers.get('content-type') ?? '');
}

/** Without the query, which can hold a token. */
function pathOf({ pathname }: URL): string {
	return pathname.slice(0, 200);
}
