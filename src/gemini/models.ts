import type * as Sdk from '@google/genai/web';

/** A model that can answer prompts, as the service lists it. */
export interface ModelInfo {
	/** Without `models/`, as prompts name it. */
	readonly id: string;
	/** For people; the id where the service gives none. */
	readonly label: string;
	readonly description?: string;
	/** Tokens. */
	readonly inputLimit?: number;
	/** Tokens. */
	readonly outputLimit?: number;
}

const maxModels = 1000;
/** A page can be empty and still name a next one. The SDK leaves a listener on the signal for each page. */
const maxPages = 8;

/** Uses no quota of generation, and proves that the key is known (docs/FACTS.md 1). */
export async function touchModels(client: Sdk.GoogleGenAI, abortSignal: AbortSignal): Promise<void> {
	await client.models.list({ config: { pageSize: 1, abortSignal } });
}

/** All models that generate content, at most 1,000, in the service's order. */
export async function listModels(client: Sdk.GoogleGenAI, abortSignal: AbortSignal): Promise<readonly ModelInfo[]> {
	const pager = await client.models.list({ config: { pageSize: maxModels, abortSignal } });
	const models = pager.page.flatMap(infoOf);
	for (let page = 1; page < maxPages && models.length < maxModels && pager.hasNextPage(); page++) {
		models.push(...(await pager.nextPage()).flatMap(infoOf));
	}
	return models.slice(0, maxModels);
}

function infoOf(model: Sdk.Model): ModelInfo[] {
	const { name = '', displayName, description, inputTokenLimit, outputTokenLimit, supportedActions = [] } = model;
	const id = name.replace(/^models\//, '');
	return id === '' || !supportedActions.includes('generateContent')
		? []
		: [
				{
					id,
					label: displayName ?? id,
					...(description !== undefined && { description }),
					...(inputTokenLimit !== undefined && { inputLimit: inputTokenLimit }),
					...(outputTokenLimit !== undefined && { outputLimit: outputTokenLimit }),
				},
			];
}
