/**
 * How an answer is made: every option of the service's generation config that a person may choose. What is absent is the
 * next level's choice (conversation or batch line, then the setting `keypool.generation`), and at last the service's own.
 */
export interface GenerationOptions {
	/** The system instruction; an empty one means none, whatever the setting says. */
	readonly system?: string;
	/** 0 to 2. */
	readonly temperature?: number;
	/** 0 to 1. */
	readonly topP?: number;
	readonly topK?: number;
	readonly seed?: number;
	/** Tokens, thoughts among them. */
	readonly maxOutputTokens?: number;
	readonly stopSequences?: readonly string[];
	/** -2 to 2. */
	readonly presencePenalty?: number;
	/** -2 to 2. */
	readonly frequencyPenalty?: number;
	/** A level, or a budget in tokens (0: none, -1: the model decides): one value, because the service refuses both together. */
	readonly thinking?: ThinkingLevel | number;
	/** Asks for summaries of the thoughts. */
	readonly includeThoughts?: boolean;
	readonly safetySettings?: readonly SafetySetting[];
	readonly responseMimeType?: ResponseMimeType;
	/** A JSON Schema, or Google's own form of one, whose types are in capitals. Alone it asks for JSON. */
	readonly responseSchema?: JsonObject;
	readonly googleSearch?: boolean;
	/** The service runs code that the model writes. */
	readonly codeExecution?: boolean;
	/** The service reads the addresses in the prompt. */
	readonly urlContext?: boolean;
	/** Of pictures in the prompt. */
	readonly mediaResolution?: MediaResolution;
	readonly serviceTier?: ServiceTier;
	readonly enableEnhancedCivicAnswers?: boolean;
	/** Whether the service may log the request; absent: as the project is set. */
	readonly store?: boolean;
}

/** What a prompt can have beside: only a batch line declares functions, since nobody executes them. */
export interface PromptOptions extends GenerationOptions {
	/** Handed through as they are. */
	readonly functionDeclarations?: readonly JsonObject[];
	readonly toolConfig?: ToolConfig;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** The service adds words to both: it judges them. */
export interface SafetySetting {
	readonly category: string;
	readonly threshold: string;
}

export interface ToolConfig {
	readonly functionCallingConfig?: {
		readonly mode?: FunctionCallingMode;
		readonly allowedFunctionNames?: readonly string[];
	};
	/** The service wants it where functions and its own tools go together. */
	readonly includeServerSideToolInvocations?: boolean;
}

export const thinkingLevels = ['minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type ThinkingLevel = (typeof thinkingLevels)[number];

export const responseMimeTypes = ['text/plain', 'application/json', 'text/x.enum'] as const;
export type ResponseMimeType = (typeof responseMimeTypes)[number];

export const mediaResolutions = ['low', 'medium', 'high'] as const;
export type MediaResolution = (typeof mediaResolutions)[number];

export const serviceTiers = ['flex', 'standard', 'priority'] as const;
export type ServiceTier = (typeof serviceTiers)[number];

export const functionCallingModes = ['AUTO', 'ANY', 'NONE', 'VALIDATED'] as const;
export type FunctionCallingMode = (typeof functionCallingModes)[number];
