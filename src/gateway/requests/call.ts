import { fieldsOf, textOf, type Json } from '../../common/json';
import type { Dialect, ForwardRequest } from '../../gemini/gemini';
import { modelNameIn } from '../../gemini/request/address';
import type { RequestSize, ServiceTier } from '../../pool/pool';
import type { WholeBody } from '../doors/body';
import type { Route } from '../doors/route';
import { answerBounds, type AnswerBounds } from './answerBounds';
import { withEdits, type JsonEdit } from './jsonEdit';
import { geminiConversation, openAiConversation, type Conversation } from './session';
import { geminiReplacements, openAiReplacements } from './signatures';
import { sizeOfBody, textsToEmbed } from './size';

/** How an answer goes out: whole, as events, or as a JSON list that grows. */
export type AnswerForm = 'whole' | 'events' | 'list';

/** A request that goes through the pool: what was read of it, and how it is sent. */
export interface Call {
	readonly type: 'generate' | 'embed';
	readonly dialect: Dialect;
	/** The wanted model. */
	readonly model: string;
	readonly form: AnswerForm;
	/** Whether the client wants the chunk with usage that is always asked for. */
	readonly wantsUsage: boolean;
	readonly size: RequestSize;
	/** Absent: standard. */
	readonly serviceTier?: ServiceTier;
	readonly conversation: Conversation;
	readonly body: Json;
	/** @param edits what is put back into the body, whichever model it goes to */
	readonly forward: (edits: readonly JsonEdit[]) => ForwardRequest;
}

type Metered = Extract<Route, { type: 'generate' | 'embed' }>;

/** Undefined where the body names no model. @param sdk of Google's, if it has written the call */
export function callOf(
	route: Metered,
	sent: WholeBody,
	body: Json,
	query: URLSearchParams,
	sdk?: string,
): Call | undefined {
	return route.dialect === 'gemini' ? geminiCall(route, sent, body, query, sdk) : openAiCall(route, sent, body);
}

/** Its name and version, and nothing else of what a client says of itself. */
export function sdkIn(headers: Headers): string | undefined {
	return /^google-genai-sdk\/\d{1,4}(?:\.\d{1,4}){1,3}(?= |$)/.exec(headers.get('x-goog-api-client') ?? '')?.[0];
}

/** What a body weighs, and what its answer may cost. */
function priced(
	type: Call['type'],
	body: Json,
	{ serviceTier, ...bounds }: AnswerBounds,
): Pick<Call, 'size' | 'serviceTier'> {
	// A vector is no answer of tokens, and nobody counts any.
	const ofType = type === 'embed' ? { requests: textsToEmbed(body), maxOutput: 0 } : { requests: 1 };
	return { size: { ...sizeOfBody(body), ...bounds, ...ofType }, ...(serviceTier && { serviceTier }) };
}

function geminiCall(
	route: Extract<Metered, { dialect: 'gemini' }>,
	{ text, bytes }: WholeBody,
	body: Json,
	query: URLSearchParams,
	sdk: string | undefined,
): Call {
	const { type, version, model } = route;
	const form = route.type === 'generate' ? route.form : 'whole';
	const method = route.type === 'embed' ? route.method : form === 'whole' ? 'generateContent' : 'streamGenerateContent';
	const conversation = geminiConversation(body);
	const bounds = answerBounds('gemini', body);
	const isStream = form !== 'whole';
	return {
		type,
		dialect: 'gemini',
		model,
		form,
		wantsUsage: true,
		...priced(type, body, bounds),
		conversation,
		body,
		forward: (edits) => ({
			dialect: 'gemini',
			method: 'POST',
			path: (to) => `/${version}/models/${to}:${method}${forwardedQuery(query, isStream)}`,
			body: (_, replaces) => {
				const all = replaces ? geminiReplacements(body) : edits;
				return all.length === 0 ? bytes : withEdits(text, all);
			},
			isStream,
			answers: bounds.answers,
			namesFile: conversation.namesFile,
			hasFinish: type === 'generate',
			...(sdk !== undefined && { sdk }),
		}),
	};
}

/**
 * What OpenAI may keep of a request, and under which names: it changes no answer, and Google's translation refuses a body with one
 * of them, while some clients always send one (https://github.com/liliMozi/openhanako/issues/394). What names the session was read.
 */
const keptFields: readonly JsonEdit[] = [
	{ path: ['store'] },
	{ path: ['metadata'] },
	{ path: ['prompt_cache_key'] },
	{ path: ['prompt_cache_retention'] },
	{ path: ['safety_identifier'] },
];

/**
 * Penalties that change nothing: some clients send a 0 with each request, and Google's translation refuses the name
 * (https://github.com/n4ze3m/page-assist/issues/418).
 */
function idlePenalties(body: Json): readonly JsonEdit[] {
	const names = ['frequency_penalty', 'presence_penalty'].filter((name) => (body[name] ?? 0) === 0);
	return names.map((name) => ({ path: [name] }));
}

function openAiCall({ type }: Metered, { text }: WholeBody, body: Json): Call | undefined {
	const named = textOf(body['model']);
	const model = named === undefined ? undefined : modelNameIn(named);
	if (model === undefined) return undefined;
	const isStream = type === 'generate' && body['stream'] === true;
	const conversation = openAiConversation(body);
	const bounds = answerBounds('openai', body);
	const usage: readonly JsonEdit[] = isStream ? [{ path: ['stream_options', 'include_usage'], value: 'true' }] : [];
	return {
		type,
		dialect: 'openai',
		model,
		form: isStream ? 'events' : 'whole',
		wantsUsage: fieldsOf(body['stream_options'])['include_usage'] === true,
		...priced(type, body, bounds),
		conversation,
		body,
		forward: (edits) => ({
			dialect: 'openai',
			method: 'POST',
			path: () => `/v1beta/openai/${type === 'embed' ? 'embeddings' : 'chat/completions'}`,
			body: (to, replaces) =>
				withEdits(text, [
					// Set even where it stays: of a name that stands twice the service might read the other one.
					{ path: ['model'], value: JSON.stringify(to === model ? named : to) },
					...usage,
					...keptFields,
					...idlePenalties(body),
					...(replaces ? openAiReplacements(body) : edits),
				]),
			isStream,
			answers: bounds.answers,
			namesFile: conversation.namesFile,
			hasFinish: type === 'generate',
		}),
	};
}

/**
 * Of Google's APIs: credentials, the project that is to be charged, for which a key would be refused as if it were at fault, and
 * what would give an answer or an error another form, or leave parts of it out. Each has a name with a `$`, as few others have.
 */
const notForwarded = /^(?:\$.*|key|(?:access|oauth|bearer)_token|userProject|alt|callback|fields)$/is;

/** What the client said in the query, without what is not forwarded. A list is made of events, which are read as they come. */
export function forwardedQuery(query: URLSearchParams, isStream: boolean): string {
	const kept = new URLSearchParams([...query].filter(([name]) => !notForwarded.test(name)));
	if (isStream) kept.set('alt', 'sse');
	const text = kept.toString();
	return text === '' ? '' : `?${text}`;
}
