import { uriDecoded } from '../../common/decodedText';
import type { Dialect } from '../../gemini/gemini';
import { modelNameIn } from '../../gemini/request/address';
import { insteadOf } from './insteadOf';

export type ApiVersion = 'v1' | 'v1beta';

/** What a request asks for, by its method and address alone. */
export type Route =
	| {
			readonly type: 'generate';
			readonly dialect: 'gemini';
			readonly version: ApiVersion;
			readonly model: string;
			/** `list`: one JSON array that grows. */
			readonly form: 'whole' | 'events' | 'list';
	  }
	/** The model and whether to stream stand in the body. */
	| { readonly type: 'generate'; readonly dialect: 'openai' }
	| {
			readonly type: 'embed';
			readonly dialect: 'gemini';
			readonly version: ApiVersion;
			readonly model: string;
			readonly method: 'embedContent' | 'batchEmbedContents';
	  }
	| { readonly type: 'embed'; readonly dialect: 'openai' }
	| { readonly type: 'countTokens'; readonly dialect: 'gemini'; readonly version: ApiVersion; readonly model: string }
	| { readonly type: 'models'; readonly dialect: Dialect; readonly version: ApiVersion; readonly model?: string }
	/** The gateway's own status, which no dialect of the service has. */
	| { readonly type: 'status'; readonly dialect: 'gemini' };

/** The gateway's own path, for every client with a token. */
const statusPath = '/keypool/status';

/** Why an address is not served. `use` names what is, in its place. */
export type NoRoute =
	| { readonly type: 'unsupported'; readonly dialect: Dialect; readonly what: string; readonly use: string }
	| { readonly type: 'wrongMethod'; readonly dialect: Dialect; readonly allow: 'GET' | 'POST' }
	| { readonly type: 'unknown'; readonly dialect: Dialect };

export interface Address {
	readonly method: string;
	/** Without the query, and normalised. */
	readonly path: string;
	readonly query: URLSearchParams;
	/** Whether the credential came as Gemini's clients send it: in their header, or as `key` in the query. */
	readonly hasGeminiCredential: boolean;
}

export function routeOf(address: Address): Route | NoRoute {
	const { method, path, hasGeminiCredential } = address;
	if (path === statusPath) {
		return method === 'GET'
			? { type: 'status', dialect: 'gemini' }
			: { type: 'wrongMethod', dialect: 'gemini', allow: 'GET' };
	}
	const [, below = '', rest = ''] = /^\/(v1beta\/openai|v1beta|v1)\/(.*?)\/?$/.exec(path) ?? [];
	const isOpenAi = below === 'v1beta/openai' || (below === 'v1' && isOpenAiName(rest, hasGeminiCredential));
	const found = isOpenAi ? openAiRoute(rest) : geminiRoute(below === 'v1' ? 'v1' : 'v1beta', rest, address.query);
	if (below === '' || found === undefined) return noRoute(address);
	const allow = found.type === 'models' ? 'GET' : 'POST';
	return method === allow ? found : { type: 'wrongMethod', dialect: found.dialect, allow };
}

/** Both dialects live below `/v1`. The path tells them apart or, for lists of models, which both have, the credential. */
function isOpenAiName(rest: string, hasGeminiCredential: boolean): boolean {
	if (/^models(?:\/[^:]+)?$/.test(rest)) return !hasGeminiCredential;
	return !rest.startsWith('models/');
}

function geminiRoute(version: ApiVersion, rest: string, query: URLSearchParams): Route | undefined {
	const [, name, action] = /^models(?:\/([^/:]+)(?::(\w+))?)?$/.exec(rest) ?? [];
	const shared = { dialect: 'gemini', version } as const;
	if (rest === 'models') return { type: 'models', ...shared };
	const model = name === undefined ? undefined : modelNameIn(uriDecoded(name));
	if (model === undefined) return undefined;
	switch (action) {
		case undefined:
			return { type: 'models', ...shared, model };
		case 'generateContent':
			return { type: 'generate', ...shared, model, form: 'whole' };
		case 'streamGenerateContent':
			return {
				type: 'generate',
				...shared,
				model,
				form: (query.get('alt') ?? query.get('$alt')) === 'sse' ? 'events' : 'list',
			};
		case 'countTokens':
			return { type: 'countTokens', ...shared, model };
		case 'embedContent':
		case 'batchEmbedContents':
			return { type: 'embed', ...shared, model, method: action };
		default:
			return undefined;
	}
}

function openAiRoute(rest: string): Route | undefined {
	const dialect = 'openai';
	if (rest === 'chat/completions') return { type: 'generate', dialect };
	if (rest === 'embeddings') return { type: 'embed', dialect };
	if (rest === 'models') return { type: 'models', dialect, version: 'v1beta' };
	const [, name] = /^models\/(.+)$/.exec(rest) ?? [];
	const model = name === undefined ? undefined : modelNameIn(uriDecoded(name));
	return model === undefined ? undefined : { type: 'models', dialect, version: 'v1beta', model };
}

function noRoute({ path, hasGeminiCredential }: Address): NoRoute {
	const found = insteadOf(path);
	const isGemini = hasGeminiCredential || /^\/(?:v1beta(?!\/openai)|upload|ws)\b/.test(path);
	const dialect = isGemini ? 'gemini' : 'openai';
	return found ? { type: 'unsupported', dialect, ...found } : { type: 'unknown', dialect };
}
