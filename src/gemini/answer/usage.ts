import type { Usage } from '../../pool/pool';
import { isFields } from '../errors/details';

export type Fields = Readonly<Record<string, unknown>>;

/** More than any model reads or writes: two of them are still a number that can be stored. */
const maxTokens = 1e9;

/** The usage of an answer. A proxy can have written it: what is no count is none. */
export function geminiUsage(told: unknown): Usage {
	const usage = fields(told);
	return {
		input: count(usage['promptTokenCount']) + count(usage['toolUsePromptTokenCount']),
		cached: count(usage['cachedContentTokenCount']),
		output: count(usage['candidatesTokenCount']),
		thoughts: count(usage['thoughtsTokenCount']),
		...tokensOfKind('inputAudio', usage['promptTokensDetails'], (kind) => kind === 'AUDIO'),
		...tokensOfKind('outputMedia', usage['candidatesTokensDetails'], (kind) => kind !== 'TEXT'),
	};
}

/** Tokens that cost otherwise than text, where the service tells them apart. */
function tokensOfKind(
	name: 'inputAudio' | 'outputMedia',
	details: unknown,
	isOfKind: (modality: string) => boolean,
): Partial<Usage> {
	if (!Array.isArray(details)) return {};
	const told = details.map(fields).filter(({ modality }) => isOfKind(word(modality) ?? 'TEXT'));
	return { [name]: told.reduce((sum, { tokenCount }) => sum + count(tokenCount), 0) };
}

export function fields(value: unknown): Fields {
	return isFields(value) ? value : {};
}

export function list(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

export function word(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A gateway may write it as a text. */
export function count(value: unknown): number {
	const tokens = typeof value === 'string' ? Number(value) : value;
	return typeof tokens === 'number' && tokens > 0 ? Math.min(tokens, maxTokens) : 0;
}
