import type { ReasonWording } from './reasonWording';
import type { Facts, UserMessage } from './userMessage';

/** `limit` is how long an answer usually takes, in seconds; nought while too few are known. */
export function describeNoTimeLeft({ limit = 0 }: Facts, { t, count }: ReasonWording): UserMessage {
	return {
		brief: t('no time left'),
		text:
			limit > 0
				? t('An answer usually takes {0} s, and less time than that was left.', count(limit))
				: t('No key could answer in the time that this request had.'),
		remedy: t('Allow more time, or choose a faster model.'),
	};
}

/** The service's own time for the request was over. */
export function describeDeadline({ t }: Pick<ReasonWording, 't'>): UserMessage {
	return {
		brief: t('took too long'),
		text: t('The service ran out of time for this request.'),
		remedy: t('Try again, or ask for less at once.'),
	};
}

/** `limit`: the tokens of a whole day, where the request alone is larger. */
export function describeDayOfTokens({ limit }: Facts, back: string, { t, count }: ReasonWording): UserMessage {
	return limit === undefined
		? {
				brief: t('tokens per day used up'),
				text: t('The input tokens allowed per day are used up. Google starts counting again at midnight Pacific time.'),
				remedy: back,
			}
		: tooLarge(t('The request is larger than the {0} input tokens that are allowed per day.', count(limit)), t);
}

/** Waiting does not help. */
export function tooLarge(text: string, t: ReasonWording['t']): UserMessage {
	return { brief: t('too large for this tier'), text, remedy: t('Shorten it, or use a key of a paid project.') };
}
