import { describeModel, listNames } from '../quota/models';
import { chatOptionsOf, fieldsOf, toGenerateContent, type ChatOptions } from './chatRequest';

/** A request below `/v1beta/openai`: Google's own translation of OpenAI's API. The model stands in the body. */
export type OpenAiRoute =
	| { readonly type: 'list' }
	| { readonly type: 'get'; readonly model: string }
	| { readonly type: 'chat'; readonly options: ChatOptions; readonly body: string }
	| { readonly type: 'embeddings'; readonly model: string }
	| { readonly type: 'none' };

const prefix = '/v1beta/openai/';

export function isOpenAi(path: string): boolean {
	return path.startsWith(prefix);
}

export function openAiRouteOf(httpMethod: string, path: string, text: string): OpenAiRoute {
	const name = path.slice(prefix.length);
	const body = fieldsOf(text);
	if (httpMethod === 'GET') {
		const model = /^models\/(?:models\/)?([^/]+)$/.exec(name)?.[1];
		if (model !== undefined) return { type: 'get', model };
		return name === 'models' ? { type: 'list' } : { type: 'none' };
	}
	if (httpMethod !== 'POST' || body === undefined) return { type: 'none' };
	const options = chatOptionsOf(body);
	switch (name) {
		case 'chat/completions':
			return { type: 'chat', options, body: JSON.stringify(toGenerateContent(body)) };
		case 'embeddings':
			return { type: 'embeddings', model: options.model };
		default:
			return { type: 'none' };
	}
}

export function openAiModels(): unknown {
	return { object: 'list', data: listNames('v1beta').map(openAiModel) };
}

export function openAiModel(name: string): unknown {
	const model = describeModel(name, 'v1beta');
	return model && { id: `models/${name}`, object: 'model', owned_by: 'google', display_name: model['displayName'] };
}
