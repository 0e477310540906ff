import type { ChatOptions } from './openai/chatRequest';
import { isOpenAi, openAiRouteOf } from './openai/openAiRoute';
import type { ApiVersion } from './quota/models';

/** What a request asks for. */
export type Route = Asked & {
	/** Which API it came by. */
	readonly dialect: 'gemini' | 'openai';
	/** What OpenAI's form of a question says besides. */
	readonly chat?: ChatOptions;
};

type Asked =
	| { readonly type: 'list'; readonly version: ApiVersion }
	| { readonly type: 'get'; readonly version: ApiVersion; readonly model: string }
	| { readonly type: 'call'; readonly version: ApiVersion; readonly model: string; readonly method: Method }
	| { readonly type: 'none' };

export type Method =
	| 'generateContent'
	| 'streamGenerateContent'
	| 'countTokens'
	| 'embedContent'
	| 'batchEmbedContents';

const methods: ReadonlySet<string> = new Set<Method>([
	'generateContent',
	'streamGenerateContent',
	'countTokens',
	'embedContent',
	'batchEmbedContents',
]);

/** The route, and the body in Gemini's own words. */
export function receive(
	httpMethod: string,
	path: string,
	body: string,
): { readonly route: Route; readonly body: string } {
	return isOpenAi(path)
		? receiveOpenAi(httpMethod, path, body)
		: { route: { ...nativeRouteOf(httpMethod, path), dialect: 'gemini' }, body };
}

function receiveOpenAi(
	httpMethod: string,
	path: string,
	body: string,
): { readonly route: Route; readonly body: string } {
	const shared = { version: 'v1beta', dialect: 'openai' } as const;
	const asked = openAiRouteOf(httpMethod, path, body);
	switch (asked.type) {
		case 'chat': {
			const method = asked.options.isStream ? 'streamGenerateContent' : 'generateContent';
			const { model } = asked.options;
			return { route: { ...shared, type: 'call', method, model, chat: asked.options }, body: asked.body };
		}
		case 'embeddings':
			return { route: { ...shared, type: 'call', method: 'embedContent', model: asked.model }, body };
		case 'get':
			return { route: { ...shared, type: 'get', model: asked.model }, body };
		default:
			return { route: { ...shared, type: asked.type }, body };
	}
}

function nativeRouteOf(httpMethod: string, path: string): Asked {
	const match = /^\/(v1|v1beta)\/models(?:\/([^/:]+)(?::(\w+))?)?$/.exec(path);
	const [, version, model, method] = match ?? [];
	if (version !== 'v1' && version !== 'v1beta') {
		return { type: 'none' };
	}
	if (httpMethod === 'GET' && method === undefined) {
		return model === undefined ? { type: 'list', version } : { type: 'get', version, model };
	}
	if (httpMethod === 'POST' && model !== undefined && isMethod(method)) {
		return { type: 'call', version, model, method };
	}
	return { type: 'none' };
}

/** The remote procedure's name, as bodies mention it. */
export function rpcOf(route: Route): string {
	switch (route.type) {
		case 'list':
			return 'ListModels';
		case 'get':
			return 'GetModel';
		case 'call':
			return route.method.charAt(0).toUpperCase() + route.method.slice(1);
		case 'none':
			return '';
	}
}

function isMethod(name: string | undefined): name is Method {
	return name !== undefined && methods.has(name);
}
