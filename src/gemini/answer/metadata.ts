import { fieldsOf, listOf, textOf, type Json } from '../../common/json';
import { serviceTiers, type ServiceTier } from '../../generation/options';
import type { Usage } from '../../pool/pool';
import type { Grounding, Piece, Source } from '../request/prompt';

/** Per answer. */
const maxSources = 100;
const maxQueries = 20;
/** UTF-16 units; a longer address is no source that a user can open. */
const maxTitle = 500;
const maxAddress = 4_096;
/** More than any model reads or writes: two of them are still a number that can be stored. */
const maxTokens = 1e9;

/** A finish reason that does not end the answer. */
export const unfinished = 'FINISH_REASON_UNSPECIFIED';

/** The sources that a response names: search results, pages read, and works quoted. */
export function groundingOf(candidate: Json): Piece[] {
	const grounding = fieldsOf(candidate['groundingMetadata']);
	const found = fieldsIn(grounding, 'groundingChunks').map(({ web, retrievedContext, maps }) =>
		fieldsOf(web ?? retrievedContext ?? maps),
	);
	const read = fieldsIn(candidate['urlContextMetadata'], 'urlMetadata').map(({ retrievedUrl, urlRetrievalStatus }) => {
		const [uri, status = ''] = [textOf(retrievedUrl), textOf(urlRetrievalStatus)];
		return { uri, title: /SUCCESS$|^$/.test(status) ? uri : `${uri ?? ''} (${status})` };
	});
	const quoted = fieldsIn(candidate['citationMetadata'], 'citationSources').map(({ uri, title, license }) => ({
		uri,
		title: [textOf(title) ?? textOf(uri), textOf(license)].filter(Boolean).join(' · '),
	}));
	const all = withMore(nothing, {
		queries: listOf(grounding['webSearchQueries']).map((query) => textOf(query) ?? ''),
		sources: [...found, ...read, ...quoted].map(({ uri, title }) => {
			const address = textOf(uri) ?? '';
			return { title: textOf(title) ?? address, uri: address };
		}),
	});
	return all === nothing ? [] : [{ type: 'grounding', ...all }];
}

/** The objects of a list in what may be an object. */
function fieldsIn(value: unknown, name: string): readonly Json[] {
	return listOf(fieldsOf(value)[name]).map(fieldsOf);
}

const nothing: Grounding = { queries: [], sources: [] };

/** Adds what is new in `more`, because a stream repeats its sources. Returns the same object if nothing is new. */
export function withMore(known: Grounding = nothing, more: Grounding): Grounding {
	const name = ({ title, uri }: Source): string => (uri === '' ? title : uri);
	const have = new Set([...known.queries, ...known.sources.map(name)]);
	const isNew = (text: string): boolean =>
		text !== '' && text.length <= maxAddress && !have.has(text) && !!have.add(text);
	const queries = more.queries.filter(isNew).map((query) => query.slice(0, maxTitle));
	const sources = more.sources
		.filter((source) => isNew(name(source)))
		.map(({ title, uri }) => ({ title: title.slice(0, maxTitle), uri }));
	return queries.length + sources.length === 0
		? known
		: {
				queries: [...known.queries, ...queries].slice(0, maxQueries),
				sources: [...known.sources, ...sources].slice(0, maxSources),
			};
}

/** The usage of an answer. A proxy can have written it: what is no count is none. */
export function geminiUsage(told: unknown): Usage {
	const usage = fieldsOf(told);
	const toolUse = count(usage['toolUsePromptTokenCount']);
	return {
		input: count(usage['promptTokenCount']) + toolUse,
		cached: count(usage['cachedContentTokenCount']),
		output: count(usage['candidatesTokenCount']),
		thoughts: count(usage['thoughtsTokenCount']),
		...(toolUse > 0 && { toolUse }),
		...tokensOfKind('inputAudio', usage['promptTokensDetails'], (kind) => kind === 'AUDIO'),
		...tokensOfKind('cachedAudio', usage['cacheTokensDetails'], (kind) => kind === 'AUDIO'),
		...tokensOfKind('outputMedia', usage['candidatesTokensDetails'], (kind) => kind !== 'TEXT'),
	};
}

/** Tokens that cost otherwise than text, where the service tells them apart. */
function tokensOfKind(
	name: 'inputAudio' | 'cachedAudio' | 'outputMedia',
	details: unknown,
	isOfKind: (modality: string) => boolean,
): Partial<Usage> {
	if (!Array.isArray(details)) return {};
	const told = details.map(fieldsOf).filter(({ modality }) => isOfKind(textOf(modality) ?? 'TEXT'));
	return { [name]: told.reduce((sum, { tokenCount }) => sum + count(tokenCount), 0) };
}

const tierHeader = 'x-gemini-service-tier';

/** The service tier that answered, which need not be the one that was asked for. */
export function serviceTierOf(headers: Headers): ServiceTier | undefined {
	const told = headers.get(tierHeader)?.toLowerCase();
	return serviceTiers.find((tier) => tier === told);
}

/** A gateway may write it as a text. */
export function count(value: unknown): number {
	const tokens = typeof value === 'string' ? Number(value) : value;
	return typeof tokens === 'number' && tokens > 0 ? Math.min(tokens, maxTokens) : 0;
}
