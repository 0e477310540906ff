import type { PoolFacts } from '../pool/pool';

/** `vscode.l10n.t` or a stand-in. Call it as `t('…')` with a literal, because a test finds the texts in the code. */
export type Translate = (message: string, ...values: (string | number)[]) => string;

/** The commands that a message may offer. All run without arguments. */
export type HelpfulCommand =
	| 'keypool.addKey'
	| 'keypool.checkAllKeys'
	| 'keypool.keys.focus'
	| 'keypool.openSettings'
	| 'keypool.raiseBudget'
	| 'keypool.releaseClient'
	| 'keypool.resume'
	| 'keypool.setDailyCap'
	| 'keypool.setLimits'
	| 'keypool.showLog'
	| 'keypool.useTeamGateway';

/** A reason as a message: what is wrong, and what to do. */
export interface UserMessage {
	/** A few words without a full stop, to follow a label. */
	readonly brief: string;
	/** One or two sentences. */
	readonly text: string;
	/** What the user can do, or that nothing needs to be done. */
	readonly remedy?: string;
	/** The button that helps. */
	readonly action?: { readonly command: HelpfulCommand; readonly title: string };
	/** The page that helps. */
	readonly link?: { readonly url: `https://${string}`; readonly title: string };
}

/** What a message may mention. */
export interface Facts extends PoolFacts {
	/** The key's mask: a key of the retired kind needs another remedy. */
	readonly mask?: string;
}

export const pages = {
	aiStudioKeys: 'https://aistudio.google.com/apikey',
	billing: 'https://console.cloud.google.com/billing',
	cloudConsole: 'https://console.cloud.google.com/',
	credentials: 'https://console.cloud.google.com/apis/credentials',
	/** Lists the tiers that have each model. */
	pricing: 'https://ai.google.dev/gemini-api/docs/pricing',
	rateLimits: 'https://ai.google.dev/gemini-api/docs/rate-limits',
	regions: 'https://ai.google.dev/gemini-api/docs/available-regions',
	enableApi: 'https://console.cloud.google.com/apis/library/generativelanguage.googleapis.com',
} as const;
