import type { ChatStrings } from '../webviews/protocol';
import type { Translate } from './wording';

/** The words of the chat's document. `{0}` is handed through: the document fills it in. */
export function chatStrings(t: Translate): ChatStrings {
	return {
		addKey: t('Add a Key'),
		ahead: t('{0} requests are served first', '{0}'),
		aheadOne: t('1 request is served first'),
		anotherModel: t('Another Model'),
		answer: t('Answer'),
		answered: t('Answer: {0}', '{0}'),
		attached: t('Sent along'),
		cancel: t('Cancel'),
		code: t('Code'),
		conversation: t('Conversation'),
		copied: t('Copied'),
		copyAnswer: t('Copy the answer'),
		copyCode: t('Copy the code'),
		fallbacks: t('{0} fallbacks', '{0}'),
		fallbacksOne: t('1 fallback'),
		image: t('Image: {0}', '{0}'),
		input: t('Your question'),
		jumpToEnd: t('Go to the end'),
		key: t('Key'),
		model: t('Model'),
		placeholder: t('Ask Gemini…'),
		question: t('Question'),
		retry: t('Ask again'),
		retrying: t('trying now'),
		seconds: t('{0} s', '{0}'),
		send: t('Send'),
		sending: t('Asking…'),
		stop: t('Stop'),
		stopped: t('Stopped. What had come is kept.'),
		thinking: t('Thinking…'),
		tokens: t('{0} tokens in, {1} out', '{0}', '{1}'),
		trail: t('How the answer came about'),
		tryingAgain: t('next try in {0}', '{0}'),
		waitingFor: t('Waiting for {0} ({1})', '{0}', '{1}'),
		welcomeKeysText: t(
			'Keypool sends each question to a key that can answer now. Keys are kept in the secret storage of VS Code, nowhere else.',
		),
		welcomeKeysTitle: t('Add a Gemini key to begin'),
		welcomeText: t('Whatever happens to one key, another one answers. Each answer says which.'),
		welcomeTip: t('Select code in an editor and choose “Explain Selection” in its menu.'),
		welcomeTitle: t('What do you want to know?'),
	};
}
