import type { Grounding, Piece, Source } from '../request/prompt';
import type { WireCandidate } from '../client';

/** Per answer. */
const maxSources = 100;
const maxQueries = 20;
/** UTF-16 units; a longer address is no source that a user can open. */
const maxTitle = 500;
const maxAddress = 4_096;

/** The sources that a response names: search results, pages read, and works quoted. */
export function groundingOf(candidate: WireCandidate | undefined): Piece[] {
	const { groundingMetadata, urlContextMetadata, citationMetadata } = candidate ?? {};
	const found = (groundingMetadata?.groundingChunks ?? []).map(
		({ web, retrievedContext, maps }) => web ?? retrievedContext ?? maps ?? {},
	);
	const read = (urlContextMetadata?.urlMetadata ?? []).map(({ retrievedUrl: uri, urlRetrievalStatus }) => {
		const status: string = urlRetrievalStatus ?? '';
		return { uri, title: /SUCCESS$|^$/.test(status) ? uri : `${uri ?? ''} (${status})` };
	});
	const quoted = (citationMetadata?.citationSources ?? []).map(({ uri, title, license }) => ({
		uri,
		title: [title ?? uri, license].filter(Boolean).join(' · '),
	}));
	const grounding = withMore(nothing, {
		queries: groundingMetadata?.webSearchQueries ?? [],
		sources: [...found, ...read, ...quoted].map(({ uri = '', title = uri }) => ({ title, uri })),
	});
	return grounding === nothing ? [] : [{ type: 'grounding', ...grounding }];
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
