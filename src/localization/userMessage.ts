import type { PoolFacts } from '../pool/pool';

/** `vscode.l10n.t`, or anything like it. Call it as `t('…')` with a literal: the texts are found by reading the code. */
export type Translate = (message: string, ...values: (string | number)[]) => string;

/** The commands that words may offer. All run without arguments. */
export type HelpfulCommand =
	| 'keypool.addKey'
	| 'keypool.checkAllKeys'
	| 'keypool.keys.focus'
	| 'keypool.openSettings'
	| 'keypool.resume'
	| 'keypool.showLog';

/** A reason in words: what is the matter and what helps. */
export interface UserMessage {
	/** A few words without a full stop, to stand after a label. */
	readonly brief: string;
	/** One or two sentences. */
	readonly text: string;
	/** What a person can do, or that nothing needs to be done. */
	readonly remedy?: string;
	/** The one button that helps. */
	readonly action?: { readonly command: HelpfulCommand; readonly title: string };
	/** The page that helps. */
	readonly link?: { readonly url: `https://${string}`; readonly title: string };
}

/** What the wording may draw on. */
export interface Facts extends PoolFacts {
	/** The key's mask: keys of the retired kind need another remedy. */
	readonly mask?: string;
}

export const pages = {
	aiStudioKeys: 'https://aistudio.google.com/apikey',
	billing: 'https://console.cloud.google.com/billing',
	cloudConsole: 'https://console.cloud.google.com/',
	credentials: 'https://console.cloud.google.com/apis/credentials',
	/** Where each model says which tier has it. */
	pricing: 'https://ai.google.dev/gemini-api/docs/pricing',
	rateLimits: 'https://ai.google.dev/gemini-api/docs/rate-limits',
	regions: 'https://ai.google.dev/gemini-api/docs/available-regions',
	enableApi: 'https://console.cloud.google.com/apis/library/generativelanguage.googleapis.com',
} as const;
