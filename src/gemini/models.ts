import type * as Sdk from '@google/genai/web';
import type { Masker } from '../masking/masking';
import { fieldsOf, listOf, textOf } from '../common/json';
import { count } from './answer/metadata';
import { isModelName } from './request/address';
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
	const models = new Map<string, ModelInfo>();
	const add = (page: unknown): void => {
		for (const info of listOf(page).flatMap((model) => infoOf(model, mask))) {
			if (!models.has(info.id)) models.set(info.id, info);
		}
	};
	add(pager.page);
	for (let page = 1; page < maxPages && models.size < maxModels && pager.hasNextPage(); page++) {
		add(await pager.nextPage());
	}
	return [...models.values()].slice(0, maxModels);
}

/** A proxy can have written it: what is not as it should be counts as not told. */
function infoOf(model: unknown, mask: Masker): ModelInfo[] {
	const told = fieldsOf(model);
	const id = textOf(told['name'])?.replace(/^models\//, '') ?? '';
	// A name that had to be masked, or that cannot be asked for, belongs to no model.
	if (!isModelName(id) || id !== short(id, mask) || !listOf(told['supportedActions']).includes('generateContent')) {
		return [];
	}
	const description = textOf(told['description']);
	// A limit of zero or below is a host that does not know: no prompt would fit.
	const [inputLimit, outputLimit] = [count(told['inputTokenLimit']), count(told['outputTokenLimit'])];
	const { thinking } = told;
	return [
		{
			id,
			label: short(textOf(told['displayName']) ?? id, mask),
			...(description !== undefined && { description: short(description, mask, maxDescription) }),
			...(inputLimit > 0 && { inputLimit }),
			...(outputLimit > 0 && { outputLimit }),
			...(typeof thinking === 'boolean' && { thinks: thinking }),
		},
	];
}
