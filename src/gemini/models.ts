import type * as Sdk from '@google/genai/web';
import type { Masker } from '../masking/masking';
import { short } from './request/short';

/** A model that can answer prompts, as the service lists it. */
export interface ModelInfo {
	/** Without `models/`, as prompts name it. */
	readonly id: string;
	/** Display name; the id if the service gives none. */
	readonly label: string;
	readonly description?: string;
	/** Tokens. */
	readonly inputLimit?: number;
	/** Tokens. */
	readonly outputLimit?: number;
	/** Whether it thinks before it answers; absent: the service has not told. */
	readonly thinks?: boolean;
}

const maxModels = 1000;
/** UTF-16 units. */
const maxDescription = 2_000;
/** Bounded, because a page can be empty and still name a next one, and the SDK leaves a listener on the signal for each page. */
const maxPages = 8;

/** Proves that the service knows the key, without using generation quota (docs/FACTS.md 1). */
export async function touchModels(client: Sdk.GoogleGenAI, abortSignal: AbortSignal): Promise<void> {
	await client.models.list({ config: { pageSize: 1, abortSignal } });
}

/** All models that generate content, at most 1,000, in the service's order. */
export async function listModels(
	client: Sdk.GoogleGenAI,
	abortSignal: AbortSignal,
	mask: Masker,
): Promise<readonly ModelInfo[]> {
	const pager = await client.models.list({ config: { pageSize: maxModels, abortSignal } });
	const infosOf = (page: readonly Sdk.Model[]): readonly ModelInfo[] => page.flatMap((model) => infoOf(model, mask));
	const models = [...infosOf(pager.page)];
	for (let page = 1; page < maxPages && models.length < maxModels && pager.hasNextPage(); page++) {
		models.push(...infosOf(await pager.nextPage()));
	}
	return models.slice(0, maxModels);
}

function infoOf(model: Sdk.Model, mask: Masker): ModelInfo[] {
	const {
		name = '',
		displayName,
		description,
		inputTokenLimit,
		outputTokenLimit,
		supportedActions = [],
		thinking,
	} = model;
	const id = name.replace(/^models\//, '');
	// A name that had to be cut or masked belongs to no model.
	return id === '' || id !== short(id, mask) || !supportedActions.includes('generateContent')
		? []
		: [
				{
					id,
					label: short(displayName ?? id, mask),
					...(description !== undefined && { description: short(description, mask, maxDescription) }),
					// A limit of zero is a host that does not know: no prompt would fit.
					...(inputTokenLimit && { inputLimit: inputTokenLimit }),
					...(outputTokenLimit && { outputLimit: outputTokenLimit }),
					...(thinking !== undefined && { thinks: thinking }),
				},
			];
}
