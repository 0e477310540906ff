import type * as Sdk from '@google/genai/web';
import type { Content, InlineData, Turn } from './prompt';

/** Google's documented stand-in for a thought signature that is not known; models that sign demand one. */
export const unknownSignature = 'skip_thought_signature_validator';

/** Turns as the SDK takes them. `replaceSignatures`: the service has refused one of those in them, so that none goes. */
export function contentsOf(turns: readonly Turn[], model: string, replaceSignatures = false): Sdk.Content[] {
	const isGood = (signedBy: string | undefined): boolean => !replaceSignatures && !isForeign(signedBy, model);
	return turns.map(({ role, content }) => ({ role, parts: partsOf(signed(content, model, isGood), model) }));
}

function partsOf(content: readonly Content[], model: string): Sdk.Part[] {
	const parts: Sdk.Part[] = [];
	/** Files of results that a model does not take inside them: behind all results, which stand together. */
	const beside: Sdk.Part[] = [];
	for (const one of content) {
		switch (one.type) {
			case 'text':
				parts.push({ text: one.text });
				break;
			case 'image':
			case 'media':
				parts.push(inline(one));
				break;
			case 'call':
				parts.push({
					functionCall: { name: one.name, args: { ...one.args }, ...(one.id !== undefined && { id: one.id }) },
					...(one.signature !== undefined && { thoughtSignature: one.signature }),
				});
				break;
			case 'result': {
				const files = (one.media ?? []).map(inline);
				const isInside = files.length > 0 && takesFilesInResults(model);
				if (!isInside) beside.push(...files);
				parts.push(asPart({ functionResponse: resultOf(one, isInside ? files : []) }));
				break;
			}
			case 'signature': {
				const before = parts.at(-1);
				if (before?.text !== undefined && before.thoughtSignature === undefined)
					before.thoughtSignature = one.signature;
				else parts.push({ text: '', thoughtSignature: one.signature });
			}
		}
	}
	const end = parts.findLastIndex(({ functionResponse }) => functionResponse !== undefined) + 1;
	return [...parts.slice(0, end), ...beside, ...parts.slice(end)];
}

function resultOf({ name, id, response }: Extract<Content, { type: 'result' }>, files: readonly object[]): object {
	return {
		name,
		response: { ...response },
		...(id !== undefined && { id }),
		...(files.length > 0 && { parts: files }),
	};
}

/** The SDK sends plain data as it is; its own class of results would have to be loaded. */
const asPart = (part: object): Sdk.Part => part;

const inline = ({ mimeType, data }: InlineData): { inlineData: InlineData } => ({ inlineData: { mimeType, data } });

/**
 * The content with the signatures that the model takes: none of another family's, and the stand-in on the first call where a
 * model that signs would find none. Calls side by side are signed by the first of them alone.
 */
function signed(
	content: readonly Content[],
	model: string,
	isGood: (signedBy: string | undefined) => boolean,
): readonly Content[] {
	const first = content.findIndex(({ type }) => type === 'call');
	return content.flatMap((one, n): readonly Content[] => {
		if (one.type !== 'call' && one.type !== 'signature') return [one];
		if (isGood(one.signedBy) && one.signature !== undefined) return [one];
		if (one.type === 'signature') return [];
		const { signature: _, ...unsigned } = one;
		return [n === first && signs(model) ? { ...unsigned, signature: unknownSignature } : unsigned];
	});
}

/** The number in a model's name, `3` of `gemini-3.8-flash`; undefined where it has none, as an alias. */
function generationOf(model: string): number | undefined {
	const [, number] = /^gemini-(\d+)(?:[.-]|$)/.exec(model) ?? [];
	return number === undefined ? undefined : Number(number);
}

function isForeign(signedBy: string | undefined, model: string): boolean {
	const made = signedBy === undefined ? undefined : generationOf(signedBy);
	const wanted = generationOf(model);
	return made !== undefined && wanted !== undefined && made !== wanted;
}

/** Models from Gemini 3 on demand signatures; an alias stands for one of today's. */
function signs(model: string): boolean {
	return model.startsWith('gemini-') && (generationOf(model) ?? Infinity) >= 3;
}

/** Likewise those that take files inside the result of a function. */
const takesFilesInResults = signs;
