import { originOf, type ClientRecord } from '../../gateway/gateway';
import type { Words } from '../../localization/words';
import type { EpochMs } from '../../pool/pool';
import { keysInWords } from './keysInWords';
import { bold, lines, listed, paragraphs, plain, type Markdown } from '../../ui/markdown';

/** A client with what it has used. */
export interface ShownClient {
	readonly client: ClientRecord;
	/** ms since 1970; 0: never. */
	readonly lastUsedAt: EpochMs;
	/** Of the Pacific day. */
	readonly requests: number;
	readonly input: number;
	readonly output: number;
	/** Millionths of a dollar, of the Pacific day and month. */
	readonly cost: { readonly day: number; readonly month: number };
	readonly underWay: number;
	/** Until a person has looked. */
	readonly isHeld: boolean;
}

/** What stands beside a client's name. */
export function describeUse(shown: ShownClient, words: Words, now: EpochMs): string {
	const { t, describeCount, describeMoney, describeTime } = words;
	const { lastUsedAt, requests, input, output, cost, underWay, isHeld } = shown;
	// First: a narrow side bar cuts the end off.
	const begin = isHeld ? [words.describeReason('clientHeld').brief] : [];
	if (lastUsedAt === 0) {
		return [...begin, underWay === 0 ? t('not used yet') : underWayInWords(underWay, words)].join(' · ');
	}
	return [
		...begin,
		...(underWay === 0 ? [] : [underWayInWords(underWay, words)]),
		requests === 1 ? t('1 request today') : t('{0} requests today', describeCount(requests)),
		t('{0} tokens', describeCount(input + output)),
		...(cost.day > 0 ? [describeMoney(cost.day)] : []),
		describeTime(lastUsedAt, now),
	].join(' · ');
}

export function hoverOf(shown: ShownClient, words: Words, now: EpochMs): Markdown {
	const { t, describeCount, describeMoney, describeTime } = words;
	const { client, lastUsedAt, requests, input, output, cost, underWay, isHeld } = shown;
	const held = words.describeReason('clientHeld', { client: originOf(client.name) });
	const rules = rulesInWords(client, words);
	return paragraphs(
		bold(client.name),
		isHeld ? plain([held.text, held.remedy].join(' ')) : undefined,
		lines(
			plain(lastUsedAt === 0 ? t('Never used') : t('Last used {0}', describeTime(lastUsedAt, now))),
			underWay === 0 ? undefined : plain(underWayInWords(underWay, words)),
			listed(
				plain(requests === 1 ? t('1 request today') : t('{0} requests today', describeCount(requests))),
				plain(t('{0} tokens in, {1} out', describeCount(input), describeCount(output))),
			),
			cost.month > 0
				? plain(t('Cost: {0} today, {1} this month', describeMoney(cost.day), describeMoney(cost.month)))
				: undefined,
		),
		lines(
			...rules.map(plain),
			plain(t('Connected: {0}', describeTime(client.createdAt, now))),
			client.isTransient ? plain(t('Its token ends with its terminal.')) : undefined,
		),
	);
}

function underWayInWords(requests: number, { t, describeCount }: Words): string {
	return requests === 1 ? t('1 request under way') : t('{0} requests under way', describeCount(requests));
}

function rulesInWords({ rules }: ClientRecord, words: Words): readonly string[] {
	const { t, describeCount, describeMoney } = words;
	const { keys, models, fallbackModels, batch, requestsPerDay, dollarsPerDay } = rules;
	return [
		...(keys === 'any' ? [] : [keysInWords(keys, words)]),
		...(models ? [t('Models: {0}', models.join(', '))] : []),
		...(fallbackModels?.length ? [t('Models that may stand in: {0}', fallbackModels.join(', '))] : []),
		...(batch ? [t('Works in batches')] : []),
		...(requestsPerDay === undefined
			? []
			: requestsPerDay === 1
				? [t('At most 1 request a day')]
				: [t('At most {0} requests a day', describeCount(requestsPerDay))]),
		...(dollarsPerDay === undefined ? [] : [t('At most {0} a day', describeMoney(dollarsPerDay * 1_000_000))]),
	];
}
