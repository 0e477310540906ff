import type { Quota } from './quota';

export type ApiVersion = 'v1' | 'v1beta';

export interface Model {
	readonly name: string;
	readonly displayName: string;
	readonly description: string;
	readonly version: string;
	readonly inputTokenLimit: number;
	readonly outputTokenLimit: number;
	readonly methods: readonly string[];
	/** What a free project gets where its options say nothing; the figures seen in 2026. */
	readonly free: Quota;
}

const generation = ['generateContent', 'countTokens', 'createCachedContent', 'batchGenerateContent'];

const catalogue: readonly Model[] = [
	{
		name: 'gemini-3.8-flash',
		displayName: 'Gemini 3.8 Flash',
		description: 'Simulated: fast and versatile.',
		version: '3.8',
		inputTokenLimit: 1_048_576,
		outputTokenLimit: 65_536,
		methods: generation,
		free: { rpm: 5, tpm: 250_000, rpd: 20 },
	},
	{
		name: 'gemini-3.5-flash-lite',
		displayName: 'Gemini 3.5 Flash-Lite',
		description: 'Simulated: small and cheap.',
		version: '3.5',
		inputTokenLimit: 1_048_576,
		outputTokenLimit: 65_536,
		methods: generation,
		free: { rpm: 15, tpm: 250_000, rpd: 500 },
	},
	{
		name: 'gemini-3.1-pro',
		displayName: 'Gemini 3.1 Pro',
		description: 'Simulated: thorough; paid projects only.',
		version: '3.1',
		inputTokenLimit: 1_048_576,
		outputTokenLimit: 65_536,
		methods: generation,
		free: { rpm: 0, tpm: 0, rpd: 0 },
	},
	{
		name: 'gemini-embedding-001',
		displayName: 'Gemini Embedding 001',
		description: 'Simulated: turns text into vectors.',
		version: '001',
		inputTokenLimit: 2048,
		outputTokenLimit: 1,
		methods: ['embedContent', 'countTextTokens', 'countTokens'],
		free: { rpm: 100, tpm: 30_000, rpd: 1000 },
	},
];

const aliases: readonly { readonly name: string; readonly displayName: string; readonly model: string }[] = [
	{ name: 'gemini-flash-latest', displayName: 'Gemini Flash Latest', model: 'gemini-3.8-flash' },
	{ name: 'gemini-flash-lite-latest', displayName: 'Gemini Flash-Lite Latest', model: 'gemini-3.5-flash-lite' },
	{ name: 'gemini-pro-latest', displayName: 'Gemini Pro Latest', model: 'gemini-3.1-pro' },
];

/** What a paid project gets where its options say nothing. */
const paid: Quota = { rpm: 1000, tpm: 1_000_000, rpd: 10_000 };

/** The model behind a name or, on v1beta only, behind an alias. */
export function resolveModel(name: string, version: ApiVersion): Model | undefined {
	const alias = version === 'v1beta' ? aliases.find((one) => one.name === name) : undefined;
	return catalogue.find((model) => model.name === (alias?.model ?? name));
}

export function defaultQuota(model: Model, tier: 'free' | 'paid'): Quota {
	return tier === 'free' ? model.free : paid;
}

/** The REST resource of one name; the SDK reads `supportedGenerationMethods` as `supportedActions`. */
export function describeModel(name: string, version: ApiVersion): Record<string, unknown> | undefined {
	const model = resolveModel(name, version);
	return (
		model && {
			name: `models/${name}`,
			version: model.version,
			displayName: aliases.find((alias) => alias.name === name)?.displayName ?? model.displayName,
			description: model.description,
			inputTokenLimit: model.inputTokenLimit,
			outputTokenLimit: model.outputTokenLimit,
			supportedGenerationMethods: model.methods,
			temperature: 1,
			topP: 0.95,
			topK: 64,
			maxTemperature: 2,
			...(model.methods.includes('generateContent') && { thinking: true }),
		}
	);
}

/** Every name that this version of the API lists. */
export function listNames(version: ApiVersion): readonly string[] {
	const names = catalogue.map(({ name }) => name);
	return version === 'v1beta' ? [...names, ...aliases.map(({ name }) => name)] : names;
}
