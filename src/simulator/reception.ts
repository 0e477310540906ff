import { excerpt } from './answer/answer';
import {
	badRequest,
	createBody,
	notFound,
	statusText,
	type Body,
	type BodyName,
	type Circumstances,
} from './bodies/bodies';
import type { AnswerFacts } from './answer/chunks';
import { hang, type Chance, type Clock } from './time/clock';
import { deliver, type Form } from './delivery';
import { fetchFailed, jsonResponse, wrap } from './bodies/responses';
import type { Failing } from './bodies/faults';
import { InvalidRequest } from './answer/body';
import { readGeneration, readTokenCount, type Generation } from './answer/generation';
import { signatureFlaw } from './answer/tools';
import { readEmbedding, readOpenAiEmbedding } from './answer/embeddings';
import { geminiRendering } from './answer/rendering';
import { chatRendering } from './openai/chatRendering';
import { fieldsOf } from './openai/chatRequest';
import type { Holds } from './holds';
import type { Call } from './log';
import { describeModel, listNames, type ApiVersion, type Model } from './quota/models';
import type { Project } from './projects';
import { quotaBody, type Delays } from './bodies/quotaRefusal';
import type { Incoming } from './request';
import { openAiModel, openAiModels } from './openai/openAiRoute';
import { rpcOf, type Method, type Route } from './route';
import type { Wording } from './answer/wording';

/** A call that came with a known key. */
export interface Subject {
	readonly incoming: Incoming;
	readonly route: Route;
	readonly secret: string;
	readonly project: Project;
	/** Absent where the address names none that exists. */
	readonly model: Model | undefined;
	readonly form: Form;
	readonly call: Call;
}

export interface Reception {
	readonly clock: Clock;
	readonly chance: Chance;
	readonly holds: Holds;
	readonly delays: Delays;
	/** ms before the headers of an answer, asked for each one. */
	readonly latency: () => number;
	readonly wording: Wording | undefined;
}

/** Decided on arrival, because quotas are taken then; told after `latency` ms. */
export interface Decision {
	readonly latency: number;
	readonly respond: () => Response | Promise<Response>;
}

/** Decides what becomes of a call. `fault` goes wrong with it; `pace` is ms between the pieces of a stream. */
export function decide(reception: Reception, subject: Subject, fault: Failing | undefined, pace: number): Decision {
	const { route, model, incoming } = subject;
	const generates = route.type === 'call' && route.method !== 'countTokens';
	const isOpenAi = route.dialect === 'openai';
	const refusal = fault && !(generates && isOverload(fault)) && refuseByFault(subject, fault);
	if (refusal) {
		return { latency: 0, respond: refusal };
	}
	switch (route.type) {
		case 'none':
			return refuse(subject, 'no_such_method', notFound());
		case 'list':
			return found(subject, isOpenAi ? openAiModels() : listModels(route.version, incoming.url.searchParams));
		case 'get': {
			const description = isOpenAi ? openAiModel(route.model) : describeModel(route.model, route.version);
			return description ? found(subject, description) : refuseByName(subject, '404_model_not_found');
		}
		case 'call':
			if (!model?.methods.includes(abilityFor(route.method))) {
				return refuseByName(subject, '404_model_not_found');
			}
			try {
				switch (route.method) {
					case 'countTokens':
						return found(subject, countOf(readTokenCount(incoming.body)));
					case 'embedContent':
					case 'batchEmbedContents':
						return embed(reception, subject, { model, method: route.method }, fault);
					default:
						return generate(reception, subject, { model, request: readGeneration(incoming.body) }, fault, pace);
				}
			} catch (error) {
				if (error instanceof InvalidRequest) {
					return refuse(subject, 'invalid_request', badRequest(error.message));
				}
				throw error;
			}
	}
}

function generate(
	reception: Reception,
	subject: Subject,
	{ model, request }: { readonly model: Model; readonly request: Generation },
	fault: Failing | undefined,
	pace: number,
): Decision {
	const { clock, chance, holds, latency, wording } = reception;
	const { call, incoming, route } = subject;
	const form = formOf(subject, fault);
	if (route.chat?.unknown !== undefined) {
		const name = JSON.stringify(route.chat.unknown);
		throw new InvalidRequest(`Invalid JSON payload received. Unknown name ${name}: Cannot find field.`);
	}
	if (request.inputTokens > model.inputTokenLimit) {
		return refuseByName(subject, '400_input_tokens_exceed_model');
	}
	const flaw = signatureFlaw(incoming.body, model.name);
	if (flaw !== undefined) {
		return refuseByName(subject, `400_thought_signature_${flaw}`);
	}
	const facts: AnswerFacts = {
		request,
		model,
		nonce: `sim-answer-${hex(chance, 12)}`,
		responseId: hex(chance, 22),
		wording,
	};
	call.asked(excerpt(request.question));
	const refused = spend(reception, subject, model, request.inputTokens, fault);
	if (refused) {
		return refused;
	}
	return {
		latency: latency(),
		respond: () => {
			call.answered(request.inputTokens, facts.nonce);
			const circumstances = circumstancesOf(subject);
			const rendering = route.chat ? chatRendering(facts, route.chat.includesUsage) : geminiRendering(facts);
			return deliver({ form, facts, rendering, fault, pace, circumstances, clock, holds, call }, incoming.signal);
		},
	};
}

function embed(
	reception: Reception,
	subject: Subject,
	{ model, method }: { readonly model: Model; readonly method: 'embedContent' | 'batchEmbedContents' },
	fault: Failing | undefined,
): Decision {
	const body = fieldsOf(subject.incoming.body) ?? {};
	const { texts, inputTokens, render } =
		subject.route.dialect === 'openai' ? readOpenAiEmbedding(body, model.name) : readEmbedding(body, method);
	const refused = spend(reception, subject, model, inputTokens, fault, texts.length);
	if (refused) {
		return refused;
	}
	return {
		latency: reception.latency(),
		respond: () => {
			subject.call.answered(inputTokens);
			return jsonResponse({ status: 200, json: render() });
		},
	};
}

/** Counts a call against the quotas, each text of a batch of embeddings as one; answers what refuses it, if anything. */
function spend(
	{ clock, chance, delays }: Reception,
	subject: Subject,
	model: Model,
	tokens: number,
	fault: Failing | undefined,
	requests = 1,
): Decision | undefined {
	const { project } = subject;
	const now = clock.now();
	const account = project.account(model.name);
	const exceeded = account.check(tokens, now, requests);
	if (exceeded.length > 0) {
		const why = exceeded.some(({ value }) => value === 0) ? 'limit0' : exceeded.map(({ limit }) => limit).join('+');
		return refuse(subject, why, quotaBody(project.tier, model.name, exceeded, delays, now, chance));
	}
	const overload = fault && isOverload(fault) && refuseByFault(subject, fault);
	account.spend({ requests, tokens: overload ? 0 : tokens }, now);
	return overload ? { latency: 0, respond: overload } : undefined;
}

/** What a model must be able to do for a method. */
function abilityFor(method: Method): string {
	switch (method) {
		case 'countTokens':
			return method;
		case 'embedContent':
		case 'batchEmbedContents':
			return 'embedContent';
		default:
			return 'generateContent';
	}
}

/** A 503 comes from the model, after the quota: it counts as a request of the minute and of the day. */
function isOverload(fault: Failing): boolean {
	return fault.kind === 'error' && fault.body.startsWith('503_');
}

/** What a fault answers before any quota is looked at; nothing where the fault belongs into the answer. */
function refuseByFault(subject: Subject, fault: Failing): (() => Response | Promise<Response>) | undefined {
	const { incoming, call, form, route } = subject;
	switch (fault.kind) {
		case 'error': {
			if (fault.afterPieces !== undefined && form !== 'single') {
				return undefined;
			}
			const body = createBody(fault.body, circumstancesOf(subject));
			call.rejected(fault.body, body.status);
			return () => jsonResponse(wrap(body, fault.wrapping ?? wrappingOf(form, route)), fault.retryAfter);
		}
		case 'reset':
			call.rejected('reset', 0);
			return () => Promise.reject(fetchFailed('ECONNRESET'));
		case 'hang':
			if (fault.afterPieces !== undefined) {
				return undefined;
			}
			call.rejected('hang', 0);
			return () => hang(incoming.signal);
		case 'redirect':
			call.rejected('redirect', 302);
			return () =>
				incoming.redirect === 'error'
					? Promise.reject(new TypeError('fetch failed', { cause: new Error('unexpected redirect') }))
					: new Response(null, { status: 302, statusText: statusText(302), headers: { location: fault.to } });
		case 'html':
			call.rejected('html', fault.status);
			return () =>
				new Response(fault.text ?? page(fault.status), {
					status: fault.status,
					statusText: statusText(fault.status),
					headers: { 'content-type': 'text/html; charset=UTF-8' },
				});
		default:
			return undefined;
	}
}

function refuse({ call, form, route }: Pick<Subject, 'call' | 'form' | 'route'>, why: string, body: Body): Decision {
	call.rejected(why, body.status);
	return { latency: 0, respond: () => jsonResponse(wrap(body, wrappingOf(form, route))) };
}

function refuseByName(subject: Subject, name: BodyName): Decision {
	return refuse(subject, name, createBody(name, circumstancesOf(subject)));
}

function found({ call }: Subject, json: unknown): Decision {
	return {
		latency: 0,
		respond: () => {
			call.answered(0);
			return jsonResponse({ status: 200, json });
		},
	};
}

function formOf({ form }: Subject, fault: Failing | undefined): Form {
	if (fault?.kind !== 'asJson' || form !== 'sse') return form;
	return fault.as === 'list' ? 'array' : 'single';
}

/** A stream of the plain form is an array, and so is its error; below OpenAI's path every error is one. */
export function wrappingOf(form: Form, { dialect }: Pick<Route, 'dialect'>): 'array' | 'plain' {
	return form === 'array' || dialect === 'openai' ? 'array' : 'plain';
}

function circumstancesOf({ secret, project, model, route }: Subject): Circumstances {
	const requestedModel = route.type === 'call' || route.type === 'get' ? route.model : '';
	return {
		secret,
		consumer: project.consumer,
		model: model?.name ?? requestedModel,
		requestedModel,
		rpc: rpcOf(route),
		version: route.type === 'none' ? 'v1beta' : route.version,
	};
}

/** A page of the list; the token is the index of the first name. */
function listModels(version: ApiVersion, query: URLSearchParams): unknown {
	const names = listNames(version);
	const size = Math.min(1000, Math.max(1, Math.floor(Number(query.get('pageSize')) || 50)));
	const first = Math.max(0, Math.floor(Number(query.get('pageToken')) || 0));
	const next = first + size;
	return {
		models: names.slice(first, next).map((name) => describeModel(name, version)),
		...(next < names.length && { nextPageToken: String(next) }),
	};
}

function countOf(tokens: number): unknown {
	return { totalTokens: tokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens }] };
}

function hex(chance: Chance, digits: number): string {
	return Array.from({ length: digits }, () => Math.floor(chance() * 16).toString(16)).join('');
}

function page(status: number): string {
	const title = `Error ${status} (${statusText(status)})!!1`;
	return `<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>${title}</title>\n<p><b>${status}.</b> <ins>That’s an error.</ins>\n`;
}
