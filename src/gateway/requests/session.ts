import { fieldsOf, isObject, listOf, textOf, type Json } from '../../common/json';
import type { Session } from '../../pool/pool';
import { fastDigest } from '../../common/fastDigest';
import { signatureIn } from './signatures';
import { goesOn, isResult, lastTurn, oneOrMore } from './toolCalls';

/** The header by which a client names its session. */
const sessionHeader = 'x-keypool-session';

/** Characters of the first turn that tell conversations apart. */
const maxFirst = 65_536;
const maxName = 256;

/** What a body says of its conversation. */
export interface Conversation {
	/** The system prompt and the first turn, as JSON. */
	readonly first: string;
	/** A name that the client gave it for caching. */
	readonly cacheKey?: string;
	/** Whether tools are declared or were called, or an answer goes on: another model would not do so where this one stopped. */
	readonly usesTools: boolean;
	/** Whether results of tools stand behind the model's last turn, or its answer goes on. */
	readonly isInTurn: boolean;
	/** Whether it names a cache, which was made for one model, and may hold tools that the body does not show. */
	readonly namesCache: boolean;
	/** Whether it names a cache, a file or a store of files: most of them belong to one project. */
	readonly namesFile: boolean;
	/** Whether there is a thought signature that could be replaced, or a call that could lack one. */
	readonly hasCalls: boolean;
}

/** The session of a request: named by the client, else known by how it began. Clients never share one. */
export function sessionOf(
	client: string,
	headers: Headers,
	{ first, cacheKey, isInTurn, namesFile }: Conversation,
): Session {
	const named = textOf(headers.get(sessionHeader)?.trim()) ?? cacheKey;
	const id = named === undefined ? `digest ${fastDigest(first.slice(0, maxFirst))}` : `name ${named.slice(0, maxName)}`;
	return { id: `gateway ${client} ${id}`, isInTurn: isInTurn || namesFile };
}

export function geminiConversation(body: Json): Conversation {
	const contents = oneOrMore(body['contents']).map(fieldsOf);
	const parts = contents.flatMap(partsOf);
	const isCall = (part: Json): boolean => (part['functionCall'] ?? part['function_call']) !== undefined;
	// Also a video on the web, which the service may or may not see, whatever the key.
	const hasFile = (part: Json): boolean => {
		const { fileUri, file_uri: uri = fileUri } = fieldsOf(part['fileData'] ?? part['file_data']);
		return typeof uri === 'string';
	};
	const namesFile = (part: Json): boolean =>
		hasFile(part) || partsOf(fieldsOf(part['functionResponse'] ?? part['function_response'])).some(hasFile);
	const cache = textOf(body['cachedContent'] ?? body['cached_content']);
	const hasCalls = parts.some(isCall);
	const hasSignature = parts.some((part) => (part['thoughtSignature'] ?? part['thought_signature']) !== undefined);
	return {
		first: jsonOf([body['systemInstruction'] ?? body['system_instruction'], contents[0]]),
		...(cache !== undefined && { cacheKey: cache }),
		usesTools: goesOn(body) || hasCalls || parts.some(isResult) || declaresFunctions(body['tools']),
		isInTurn: goesOn(body) || lastTurn(contents, 'model').behind.flatMap(partsOf).some(isResult),
		namesCache: cache !== undefined,
		namesFile: cache !== undefined || parts.some(namesFile) || searchesFiles(body['tools']),
		hasCalls: hasCalls || hasSignature,
	};
}

export function openAiConversation(body: Json): Conversation {
	const messages = listOf(body['messages']).map(fieldsOf);
	const isSystem = ({ role }: Json): boolean => role === 'system' || role === 'developer';
	const cache = textOf(fieldsOf(fieldsOf(body['extra_body'])['google'])['cached_content']);
	const cacheKey = cache ?? textOf(body['prompt_cache_key']);
	const hasCalls = messages.some(({ tool_calls: calls }) => listOf(calls).length > 0);
	return {
		first: jsonOf([messages.filter(isSystem), messages.find((message) => !isSystem(message))]),
		...(cacheKey !== undefined && { cacheKey }),
		usesTools: hasCalls || listOf(body['tools']).length > 0 || messages.some(({ role }) => role === 'tool'),
		isInTurn: lastTurn(messages, 'assistant').behind.some(({ role }) => role === 'tool'),
		namesCache: cache !== undefined,
		namesFile: cache !== undefined,
		hasCalls: hasCalls || messages.some((message) => signatureIn(message) !== undefined),
	};
}

/** Empty if it is nested too deeply to be serialised: then nothing identifies it. */
function jsonOf(value: unknown): string {
	try {
		return JSON.stringify(value);
	} catch {
		return '';
	}
}

/** The service itself searches the web and runs code: only the client's own tools make a conversation with tools. */
function declaresFunctions(tools: unknown): boolean {
	return oneOrMore(tools).some((tool) => {
		const { functionDeclarations, function_declarations: declared = functionDeclarations } = fieldsOf(tool);
		return oneOrMore(declared).length > 0;
	});
}

function searchesFiles(tools: unknown): boolean {
	return oneOrMore(tools).some((tool) => isObject(fieldsOf(tool)['fileSearch'] ?? fieldsOf(tool)['file_search']));
}

function partsOf(content: Json): readonly Json[] {
	return oneOrMore(content['parts']).map(fieldsOf);
}
