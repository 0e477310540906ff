import { clientOf, type BudgetShortage, type Reason } from '../pool/pool';
import { clientInWords } from './clientInWords';
import type { ReasonWording } from './reasonWording';
import type { Facts, UserMessage } from './userMessage';

/** What a person allowed the project a day is used up. */
export function describeCap({ limit, size }: Facts, remedy: string, { t, count }: ReasonWording): UserMessage {
	return {
		brief: t('your daily cap is reached'),
		...(limit === undefined
			? { text: t('The daily cap that you set for this project is reached.'), remedy }
			: size === undefined
				? { text: t('The request is larger than the {0} tokens that you allow this project a day.', count(limit)) }
				: { text: t('This call counts as {0} requests, more than you allow this project a day.', count(size)) }),
		action: { command: 'keypool.setDailyCap', title: t('Change the Daily Cap') },
	};
}

/** A person allows nothing at all: a daily cap, or a limit, of 0. */
export function describeNothingAllowed(reason: Reason, { t }: ReasonWording): UserMessage {
	return {
		brief: t('your limit is 0'),
		text: t('A limit that you set is 0: it lets nothing through until you change it.'),
		action:
			reason === 'cap'
				? { command: 'keypool.setDailyCap', title: t('Change the Daily Cap') }
				: { command: 'keypool.setLimits', title: t('Set Limits…') },
	};
}

/** A budget does not allow the request. */
export function describeBudget({ shortage, retryAt }: Facts, wording: ReasonWording): UserMessage {
	const { t, when } = wording;
	const raise = { command: 'keypool.raiseBudget', title: t('Raise Budget…') } as const;
	// What is held alone may be free in a moment.
	const isKnown = retryAt !== undefined && !shortage?.isHeld;
	const again = isKnown ? t('The budget starts again {0}.', when(retryAt)) : undefined;
	// More than the whole budget: it begins anew in vain.
	const isTooDear = shortage !== undefined && shortage.needed > shortage.limit;
	const remedy = isTooDear
		? t('Raise the budget, use a free key, or allow the answer fewer tokens.')
		: t('Raise the budget, use a free key, or wait.');
	return {
		brief: t('budget used up'),
		text: shortage ? shortageInWords(shortage, wording) : t('The budget that you set does not allow this request.'),
		remedy: again === undefined ? remedy : `${again} ${remedy}`,
		action: raise,
	};
}

/** A program that was stopped. */
export function describeHeldClient({ client }: Facts, { t }: ReasonWording): UserMessage {
	return {
		brief: t('stopped until you check it'),
		text: t(
			'{0} was stopped: it spent far more than usual, or repeated one tool call again and again.',
			clientInWords(client ?? '', t),
		),
		remedy: t('Check what it does, then let it continue.'),
		action: { command: 'keypool.releaseClient', title: t('Let It Continue…') },
	};
}

/** What is lacking, with the sums; a client's budget begins with its name. */
function shortageInWords({ scope, period, ...sums }: BudgetShortage, { t, money }: ReasonWording): string {
	const [limit, used, needed] = [money(sums.limit), money(sums.used), money(sums.needed)];
	const text =
		period === 'day'
			? t(
					'The budget of {0} a day does not allow this request: {1} is spent or set aside, and it may cost {2}.',
					limit,
					used,
					needed,
				)
			: t(
					'The budget of {0} a month does not allow this request: {1} is spent or set aside, and it may cost {2}.',
					limit,
					used,
					needed,
				);
	const client = clientOf(scope);
	return client === undefined ? text : `${clientInWords(client, t)}: ${text}`;
}
