import type { ApiVersion } from './quota/models';

/** What a request asks for, by its address alone. */
export type Route =
	| { readonly type: 'list'; readonly version: ApiVersion }
	| { readonly type: 'get'; readonly version: ApiVersion; readonly model: string }
	| { readonly type: 'call'; readonly version: ApiVersion; readonly model: string; readonly method: Method }
	| { readonly type: 'none' };

export type Method = 'generateContent' | 'streamGenerateContent' | 'countTokens';

const methods: ReadonlySet<string> = new Set<Method>(['generateContent', 'streamGenerateContent', 'countTokens']);

export function routeOf(httpMethod: string, path: string): Route {
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
