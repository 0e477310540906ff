import { asList, asRecord, isRecord } from '../answer/body';

type Fields = Readonly<Record<string, unknown>>;

/** What OpenAI's form of a request says beside what it asks. */
export interface ChatOptions {
	readonly model: string;
	readonly isStream: boolean;
	readonly includesUsage: boolean;
	/** A field that Google's translation does not know. */
	readonly unknown: string | undefined;
}

/** Of OpenAI's API; there are more. */
const unknownFields = [
	'store',
	'metadata',
	'prompt_cache_key',
	'prompt_cache_retention',
	'safety_identifier',
	'frequency_penalty',
	'presence_penalty',
];

/** A body, where it is a JSON object. */
export function fieldsOf(text: string): Fields | undefined {
	try {
		const body: unknown = JSON.parse(text);
		return isRecord(body) ? body : undefined;
	} catch {
		return undefined;
	}
}

export function chatOptionsOf(body: Fields): ChatOptions {
	const { model, stream, stream_options: options } = body;
	return {
		model: typeof model === 'string' ? model.replace(/^models\//, '') : '',
		isStream: stream === true,
		includesUsage: asRecord(options)['include_usage'] === true,
		unknown: unknownFields.find((name) => name in body),
	};
}

/** A chat completion's body as the one of `generateContent` that it stands for. */
export function toGenerateContent(body: Fields): Fields {
	const messages = asList(body['messages']).map(asRecord);
	const system = messages
		.filter(({ role }) => role === 'system' || role === 'developer')
		.map(({ content }) => textOf(content));
	const tools = asList(body['tools']).map((tool) => asRecord(asRecord(tool)['function']));
	const { max_tokens: most, max_completion_tokens: newMost, temperature } = body;
	return {
		contents: contentsOf(messages),
		...(system.length > 0 && { systemInstruction: { parts: [{ text: system.join('\n') }] } }),
		...(tools.length > 0 && {
			tools: [
				{
					functionDeclarations: tools.map(({ name, parameters }) => ({
						name,
						...(isRecord(parameters) && { parameters }),
					})),
				},
			],
			toolConfig: { functionCallingConfig: callingOf(body['tool_choice']) },
		}),
		generationConfig: {
			...(typeof (newMost ?? most) === 'number' && { maxOutputTokens: newMost ?? most }),
			...(temperature !== undefined && { temperature }),
			...formatOf(asRecord(body['response_format'])),
			...thinkingOf(asRecord(asRecord(body['extra_body'])['google'])),
		},
	};
}

function contentsOf(messages: readonly Fields[]): readonly unknown[] {
	const contents: { role: string; parts: unknown[] }[] = [];
	const names = new Map<unknown, unknown>();
	for (const { role, content, tool_calls: calls, tool_call_id: id } of messages) {
		if (role === 'user') contents.push({ role: 'user', parts: partsOf(content) });
		if (role === 'assistant') {
			const called = asList(calls).map(asRecord);
			for (const call of called) names.set(call['id'], asRecord(call['function'])['name']);
			contents.push({ role: 'model', parts: [...partsOf(content), ...called.map(callPart)] });
		}
		if (role !== 'tool') continue;
		const result = { functionResponse: { name: names.get(id), response: { output: textOf(content) } } };
		const last = contents.at(-1);
		if (last?.role === 'function') last.parts.push(result);
		else contents.push({ role: 'function', parts: [result] });
	}
	return contents.map(({ role, parts }) => ({ role: role === 'function' ? 'user' : role, parts }));
}

function callPart(call: Fields): unknown {
	const { name, arguments: args } = asRecord(call['function']);
	const signature = asRecord(asRecord(call['extra_content'])['google'])['thought_signature'];
	return {
		functionCall: { name, args: typeof args === 'string' ? (fieldsOf(args) ?? {}) : {} },
		...(signature !== undefined && { thoughtSignature: signature }),
	};
}

function partsOf(content: unknown): unknown[] {
	if (typeof content === 'string') return content === '' ? [] : [{ text: content }];
	return asList(content)
		.map(asRecord)
		.map(({ text, image_url: image }) => (image === undefined ? { text } : imageOf(asRecord(image)['url'])));
}

function imageOf(url: unknown): unknown {
	const [, mimeType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(typeof url === 'string' ? url : '') ?? [];
	return data === undefined ? { fileData: { fileUri: url } } : { inlineData: { mimeType, data } };
}

function textOf(content: unknown): string {
	return partsOf(content)
		.map((part) => asRecord(part)['text'])
		.filter((text) => typeof text === 'string')
		.join('');
}

function callingOf(choice: unknown): unknown {
	const name = asRecord(asRecord(choice)['function'])['name'];
	if (name !== undefined) return { mode: 'ANY', allowedFunctionNames: [name] };
	return { mode: choice === 'required' ? 'ANY' : choice === 'none' ? 'NONE' : 'AUTO' };
}

function formatOf({ type, json_schema: schema }: Fields): Fields {
	if (type !== 'json_object' && type !== 'json_schema') return {};
	return { responseMimeType: 'application/json', responseJsonSchema: asRecord(schema)['schema'] };
}

function thinkingOf({ thinking_config: thinking }: Fields): Fields {
	return asRecord(thinking)['include_thoughts'] === true ? { thinkingConfig: { includeThoughts: true } } : {};
}
