import type { Reason } from '../pool/pool';
import { describeDisabled, describeGateway, describeLocked } from './sourceReasons';
import { describeBudget, describeCap, describeHeldClient, describeNothingAllowed } from './budgetReasons';
import type { ReasonWording } from './reasonWording';
import { describeDayOfTokens, describeDeadline, describeNoTimeLeft, tooLarge } from './timeReasons';
import { pages, type Facts, type UserMessage } from './userMessage';

/** A reason as a message. A new reason does not compile until it has one. */
export function describeReason(reason: Reason, facts: Facts, wording: ReasonWording): UserMessage {
	const { t, when, count } = wording;
	const back =
		facts.retryAt === undefined
			? t('It works again by itself.')
			: t('It works again by itself {0}.', when(facts.retryAt));
	const firstBack = facts.retryAt === undefined ? undefined : t('The first key is back {0}.', when(facts.retryAt));
	const addKey = { command: 'keypool.addKey', title: t('Add Key') } as const;
	const check = { command: 'keypool.checkAllKeys', title: t('Check All Keys') } as const;
	const showKeys = { command: 'keypool.keys.focus', title: t('Show Keys') } as const;
	const showLog = { command: 'keypool.showLog', title: t('Show Log') } as const;
	const settings = { command: 'keypool.openSettings', title: t('Open Settings') } as const;
	const aiStudio = { url: pages.aiStudioKeys, title: t('Google AI Studio') } as const;
	const limits = { url: pages.rateLimits, title: t('Google’s rate limits') } as const;
	if (facts.limit === 0 && ['rpm', 'tpm', 'rpd', 'tpd', 'cap'].includes(reason))
		return describeNothingAllowed(reason, wording);
	switch (reason) {
		case 'rpm':
			return {
				brief: t('requests per minute used up'),
				text:
					facts.limit === undefined
						? t('The requests allowed per minute are used up.')
						: facts.limit === 1
							? t('The 1 request allowed per minute is used up.')
							: t('The {0} requests allowed per minute are used up.', count(facts.limit)),
				remedy: back,
				link: limits,
			};
		case 'tpm':
			return {
				brief: t('tokens per minute used up'),
				text:
					facts.limit === undefined
						? t('The input tokens allowed per minute are used up.')
						: t('The {0} input tokens allowed per minute are used up.', count(facts.limit)),
				remedy: back,
				link: limits,
			};
		case 'rpd':
			return {
				brief: t('requests per day used up'),
				text: t('The requests allowed per day are used up. Google starts counting again at midnight Pacific time.'),
				remedy: back,
				link: limits,
			};
		case 'tpd':
			return { ...describeDayOfTokens(facts, back, wording), link: limits };
		case 'capacity':
			return {
				brief: t('refused for lack of capacity'),
				text: t('Google refused for lack of capacity and named no limit.'),
				remedy: back,
				link: limits,
			};
		case 'unreadable':
			return {
				brief: t('answer not readable'),
				text: t('The browser does not let Keypool read this answer. The quota is probably used up.'),
				remedy: back,
			};
		case 'throttled':
			return {
				brief: t('refused with every key'),
				text: t(
					'Google refused three projects within ten seconds and named no limit, so it means your address or account. No further key is tried.',
				),
				remedy: t('Keypool tries one request a minute and continues by itself as soon as one is answered.'),
				link: limits,
			};
		case 'unknownLimit':
			return {
				brief: t('limits not known yet, so few at a time'),
				text: t('The limits of this key are not known yet, so it takes few requests at a time at first.'),
				remedy: t('It continues by itself as soon as one of them is being answered.'),
			};
		case 'hostRefused':
			return {
				brief: t('the address of the service is not allowed'),
				text: t('The setting keypool.baseUrl names a host that may not receive your keys. Nothing was sent.'),
				remedy: t('Use Google’s address, an https address that you confirm, or this computer.'),
				action: settings,
			};
		case 'cap':
			return describeCap(facts, back, wording);
		case 'budget':
			return describeBudget(facts, wording);
		case 'clientHeld':
			return describeHeldClient(facts, wording);
		case 'gatewayBudget':
		case 'gatewayRefused':
			return describeGateway(reason, facts, wording);
		case 'keysLocked':
			return describeLocked(wording);
		case 'paidOnly':
			return {
				brief: t('paid keys only'),
				text: t('Only keys of paid projects may be used here, and none of them is enabled. No other key was used.'),
				remedy: t(
					'Add a key of a paid project, or set the tier of its project to paid. The setting keypool.paidOnly or keypool.paidOnlyInRestrictedMode requires it.',
				),
				action: showKeys,
			};
		case 'tooLargeForTier':
			return {
				...tooLarge(
					facts.limit === undefined
						? t('The request is larger than all input tokens that this tier allows per minute.')
						: t(
								'The request is larger than the {0} input tokens that this tier allows per minute.',
								count(facts.limit),
							),
					t,
				),
				link: limits,
			};
		case 'tierLacksModel':
			return {
				brief: t('not in this tier'),
				text:
					facts.model === undefined
						? t('The tier of this project does not include the model. Waiting does not help.')
						: t('The tier of this project does not include {0}. Waiting does not help.', facts.model),
				remedy: t('Choose another model, or use a key of a paid project.'),
				action: settings,
				link: { url: pages.pricing, title: t('Models and tiers') },
			};
		case 'modelDenied':
			return {
				brief: t('this key may not use the model'),
				text:
					facts.model === undefined
						? t('Google does not allow this key to use the model. It names nothing else against the key.')
						: t('Google does not allow this key to use {0}. It names nothing else against the key.', facts.model),
				remedy: t('Choose another model, or use a key of a project that has access to this one.'),
				action: settings,
			};
		case 'badKey':
			return {
				brief: t('not a valid key'),
				text: t('Google does not accept this key. It may be mistyped, expired or deleted.'),
				remedy: facts.mask?.startsWith('AIza')
					? t('Google is retiring keys that begin with AIza. Create one that begins with AQ. in Google AI Studio.')
					: t('Create a new key in Google AI Studio and add it here.'),
				action: addKey,
				link: aiStudio,
			};
		case 'blocked':
			return {
				brief: t('blocked by Google'),
				text: t('Google refuses this key for the Gemini API, usually because of the key’s restrictions.'),
				remedy: t(
					'Allow the Generative Language API and this computer’s address in the restrictions of the key, then check it again.',
				),
				action: check,
				link: { url: pages.credentials, title: t('Keys in the Google Cloud console') },
			};
		case 'serviceDisabled':
			return {
				brief: t('Gemini API not enabled'),
				text: t('The Gemini API is not enabled in the project of this key.'),
				remedy: t('Enable it in the Google Cloud console. Keypool checks the key again by itself.'),
				action: check,
				link: { url: pages.enableApi, title: t('Enable the API') },
			};
		case 'billing':
			return {
				brief: t('stopped by billing'),
				text: t(
					'Google has stopped this project because of billing: its credits or its spending cap are used up, or billing is not set up.',
				),
				remedy: t('Fix it on the billing page, then choose Use Again in the key’s menu.'),
				action: showKeys,
				link: { url: pages.billing, title: t('Billing') },
			};
		case 'suspended':
			return {
				brief: t('project suspended by Google'),
				text: t('Google has suspended the project of this key.'),
				remedy: t(
					'Read what Google says about the project. Keypool does not use the key until you choose Use Again in its menu.',
				),
				action: showKeys,
				link: { url: pages.cloudConsole, title: t('Google Cloud console') },
			};
		case 'leaked':
			return {
				brief: t('reported as leaked'),
				text: t('Google has reported this key as leaked and blocked it for good.'),
				remedy: t('Delete it in Google AI Studio, create a new one, and find where the old one was published.'),
				action: addKey,
				link: aiStudio,
			};
		case 'denied':
			return {
				brief: t('project denied access by Google'),
				text: t('Google has denied the project of this key access to the Gemini API.'),
				remedy: t('Ask Google about the project. Keypool does not use the key until you choose Use Again in its menu.'),
				action: showKeys,
				link: { url: pages.cloudConsole, title: t('Google Cloud console') },
			};
		case 'region':
			return {
				brief: t('not offered in this region'),
				text: t('Google does not offer unpaid use of the Gemini API where this connection comes from.'),
				remedy: t('Use a key of a paid project.'),
				action: addKey,
				link: { url: pages.regions, title: t('Regions of the Gemini API') },
			};
		case 'badRequest':
			return {
				brief: t('request not accepted'),
				text: t('Google does not accept this request. Every key would get the same answer.'),
				remedy: t('Change or shorten the question. To see what Google says, set the log level to Trace and ask again.'),
				action: showLog,
			};
		case 'promptTooLong':
			return {
				brief: t('longer than the model accepts'),
				text:
					facts.size === undefined || facts.limit === undefined
						? t('The question and its attachments are longer than the model accepts.')
						: t(
								'The question and its attachments have about {0} tokens. {1} accepts {2}. Nothing was sent.',
								count(facts.size),
								facts.model ?? '',
								count(facts.limit),
							),
				remedy: t('Shorten it, attach less, or choose a model that accepts more.'),
			};
		case 'thoughtSignature':
			return {
				brief: t('thought signature not accepted'),
				text: t('Google does not accept a thought signature in this request: another service or model made it.'),
				remedy: t('Start a new conversation, or leave out the earlier function calls.'),
			};
		case 'noSuchModel':
			return {
				brief: t('no such model'),
				text:
					facts.model === undefined
						? t('Google has no model of this name.')
						: t('Google has no model named {0}.', facts.model),
				remedy: t('Choose another model below the chat’s input box, or in the settings.'),
				action: settings,
			};
		case 'contentBlocked':
			return {
				brief: t('blocked for its content'),
				text: t('Google blocked the question or the answer for its content.'),
				remedy: t('Rephrase the question.'),
			};
		case 'overloaded':
			return {
				brief: t('model overloaded'),
				text: t('The model is overloaded at the moment, for every key.'),
				remedy: t('Try again shortly, or choose another model.'),
			};
		case 'internal':
			return {
				brief: t('error inside the service'),
				text: t('The service had an error of its own.'),
				remedy: t('Try again. If it comes back, change the question: some prompts cause it.'),
			};
		case 'deadline':
			return describeDeadline(wording);
		case 'network':
			return {
				brief: t('connection broke'),
				text: t('The connection to the service broke or timed out.'),
				remedy: t('Try again. If it comes back, check the network connection and the proxy settings.'),
				action: showLog,
			};
		case 'unreachable':
			return {
				brief: t('service not reachable'),
				text: t(
					'The service cannot be reached: this computer is offline, nothing answers at the address, or its certificate is not trusted here.',
				),
				remedy: t('Check the network connection and the proxy settings.'),
				action: showLog,
			};
		case 'proxy':
			return {
				brief: t('answered by a proxy'),
				text: t('A proxy or firewall on the way answered in place of Google. No key is at fault.'),
				remedy: t('Check the network connection and the proxy settings.'),
				action: showLog,
			};
		case 'redirected':
			return {
				brief: t('redirected elsewhere'),
				text: t('The request was redirected to another address. The key was not sent there.'),
				remedy: t('Sign in to your network, or check the base URL in the settings.'),
				action: settings,
			};
		case 'cutStream':
			return { brief: t('answer cut off'), text: t('The answer broke off.'), remedy: t('Try again.') };
		case 'idle':
			return {
				brief: t('no response for too long'),
				text: t('The answer stopped arriving.'),
				remedy: t('Try again, or allow more time in the settings.'),
				action: settings,
			};
		case 'answerTooLong':
			return {
				brief: t('answer too long'),
				text: t('The answer took too long and was stopped.'),
				remedy: t('Ask for less at once, or choose another model.'),
			};
		case 'answerTooLarge':
			return {
				brief: t('answer too large'),
				text: t('The answer grew too large and was stopped.'),
				remedy: t('Ask for less at once, or choose another model.'),
			};
		case 'emptyAnswer':
			return {
				brief: t('empty answer'),
				text: t('The service sent an answer without content.'),
				remedy: t('Try again, or rephrase the question.'),
			};
		case 'malformedCall':
			return {
				brief: t('malformed function call'),
				text: t('The model tried to call a function, but the call was malformed, twice. No key is at fault.'),
				remedy: t('Try again, or rephrase the question.'),
			};
		case 'unexpected':
			return {
				brief: t('unknown failure'),
				text: t('The service failed in a way that Keypool does not know.'),
				remedy: t('To see what the service says, set the log level to Trace and ask again.'),
				action: showLog,
			};
		case 'cancelled':
			return { brief: t('stopped'), text: t('Stopped by you.') };
		case 'waitedTooLong':
			return {
				brief: t('waited too long'),
				text: t('No key can answer in time.'),
				remedy: firstBack ?? t('Try again later, or choose another model.'),
				action: showKeys,
			};
		case 'noTimeLeft':
			return describeNoTimeLeft(facts, wording);
		case 'tooManyTries':
			return {
				brief: t('too many tries'),
				text: t('No key could answer, and the tries for this question are used up.'),
				remedy: firstBack ?? t('See what each key needs, then try again.'),
				action: showKeys,
			};
		case 'noKeys':
			if (facts.limit !== undefined) return { ...describeDisabled(wording), action: showKeys };
			return {
				brief: t('no key yet'),
				text: t('There is no Gemini API key yet.'),
				remedy: t('Add a key to begin.'),
				action: addKey,
				link: aiStudio,
			};
		case 'noUsableKey':
			return {
				brief: t('no usable key'),
				text: t('No key can answer right now.'),
				remedy: firstBack ?? t('See what each key needs, then try again.'),
				action: showKeys,
			};
		case 'paused':
			return {
				brief: t('paused'),
				text: t('Keypool has paused to protect your keys.'),
				remedy: t('Check the key that caused it, then resume.'),
				action: { command: 'keypool.resume', title: t('Resume') },
			};
		case 'storeUnavailable':
			return {
				brief: t('record of quotas not reachable'),
				text: t('Keypool’s record of quotas cannot be reached.'),
				remedy: t('Reload the window. If that does not help, see the log for the reason.'),
				action: showLog,
			};
	}
	// A reason that only a newer version knows, written to the state store by another window.
	reason satisfies never;
	return describeReason('unexpected', facts, wording);
}
