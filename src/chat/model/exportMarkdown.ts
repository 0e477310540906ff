import { fenced } from '../../common/fenced';
import { openFenceIn } from '../../common/openFence';
import type { Answer } from './answer';
import { titleOf, type Conversation, type Turn } from './conversation';
import type { Translate } from './wording';

/** A conversation as a Markdown document: what was asked, what went along, what was answered and by whom. */
export function toMarkdown(conversation: Conversation, t: Translate): string {
	const parts = conversation.turns.map((turn) => turnToMarkdown(turn, t));
	return `# ${titleOf(conversation).replace(/\s+/g, ' ')}\n\n${parts.join('\n\n')}\n`;
}

function turnToMarkdown({ question, answer }: Turn, t: Translate): string {
	const pictures = (question.pictures ?? []).map(({ label }) => `_${t('Image: {0}', plain(label))}_`);
	const attachments = question.attachments.map((piece) => ({ ...piece, file: plain(piece.file) }));
	const asked = [closed(question.text), ...attachments.map(fenced), ...pictures];
	const on = 'summary' in answer ? answer.summary.on : undefined;
	return [
		`## ${t('Question')}`,
		...asked,
		`## ${t('Answer')}`,
		...thoughtsOf(answer, t),
		...(answer.text === '' ? [] : [closed(answer.text)]),
		...sourcesOf(answer, t),
		...(isWhole(answer) ? [] : [`_${t('This answer is not complete.')}_`]),
		...(on ? [`_${plain(on.model)} · ${plain(on.key)}_`] : []),
	].join('\n\n');
}

/** One that the service ended early, as at its length limit, is none. */
function isWhole(answer: Answer): boolean {
	return answer.state === 'done' && answer.finishReason === 'STOP';
}

/** Code that was left open, as in an answer that was stopped, would take all that follows for code. */
function closed(text: string): string {
	const fence = openFenceIn(text);
	return fence === '' ? text.trimEnd() : `${text.trimEnd()}\n${fence}`;
}

/** A quotation, so that nobody takes it for the answer. */
function thoughtsOf({ thoughts = '' }: Answer, t: Translate): readonly string[] {
	if (thoughts.trim() === '') return [];
	const lines = thoughts.trim().split('\n');
	return [`> _${t('Thoughts')}_\n>\n${lines.map((line) => `> ${line}`).join('\n')}`];
}

/** Plain text: a name, or a title or an address of the service, can hold no mark-up. */
function plain(text: string): string {
	return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>#|~!]/g, '\\$&');
}

function sourcesOf({ grounding }: Answer, t: Translate): readonly string[] {
	if (!grounding) return [];
	const { queries, sources } = grounding;
	const searched = queries.length > 0 ? [t('Searched for: {0}', plain(queries.join(' · ')))] : [];
	const list = sources.map(({ title, uri }, n) => `${n + 1}. ${plain(title === uri ? uri : `${title} · ${uri}`)}`);
	return [`**${t('Sources')}**`, ...searched, ...(list.length > 0 ? [list.join('\n')] : [])];
}
