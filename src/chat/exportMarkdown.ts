import { fenced } from '../fenced';
import { titleOf, type Conversation, type Turn } from './conversation';
import type { Translate } from './wording';

/** A conversation as a Markdown document: what was asked, what went along, what was answered and by whom. */
export function toMarkdown(conversation: Conversation, t: Translate): string {
	const parts = conversation.turns.map((turn) => turnToMarkdown(turn, t));
	return `# ${titleOf(conversation).replace(/\s+/g, ' ')}\n\n${parts.join('\n\n')}\n`;
}

function turnToMarkdown({ question, answer }: Turn, t: Translate): string {
	const pictures = (question.pictures ?? []).map(({ label }) => `_${t('Image: {0}', label)}_`);
	const asked = [question.text, ...question.attachments.map(fenced), ...pictures];
	const on = 'account' in answer ? answer.account.on : undefined;
	return [
		`## ${t('Question')}`,
		...asked,
		`## ${t('Answer')}`,
		...(answer.text === '' ? [] : [answer.text.trimEnd()]),
		...(answer.is === 'done' ? [] : [`_${t('This answer is not complete.')}_`]),
		...(on ? [`_${on.model} · ${on.key}_`] : []),
	].join('\n\n');
}
