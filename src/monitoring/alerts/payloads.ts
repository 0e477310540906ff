import type { EpochMs } from '../../pool/pool';
import type { Alert } from './alert';
import { cut, oneLine } from './text';
import type { WordedAlert } from './wording';

/** Slack's: characters of a header block, and of a section's text. Of what a notification shows it takes 3,000: each may become five. */
const slack = { header: 150, section: 3_000, text: 600 };
/** Discord's: characters of an embed's title and description. */
const discord = { title: 256, description: 4_096 };
const colours = { bad: 0xd13438, warning: 0xf2c811, good: 0x107c10, neutral: 0x5c6bc0 } as const;

/** For an incoming webhook of Slack, or of what understands the same. Plain text: a label can call nobody. */
export function slackPayload({ title, lines }: WordedAlert): object {
	const body = cut(lines.map((line) => oneLine(line, 500)).join('\n'), slack.section);
	const plain = (type: string, text: string) => ({ type, text: { type: 'plain_text', text, emoji: false } });
	return {
		text: oneLine(`${title}. ${body}`, slack.text).replace(/[&<>]/g, escaped),
		blocks: [plain('header', oneLine(title, slack.header)), plain('section', body)],
	};
}

/** For a webhook of Discord. It may mention nobody, whatever a label says. */
export function discordPayload({ title, lines, tone }: WordedAlert, at: EpochMs): object {
	const body = lines.map((line) => oneLine(line, 500).replace(/[\\*_~`|>#[\]()<@:-]/g, '\\$&')).join('\n');
	return {
		embeds: [
			{
				title: oneLine(title, discord.title),
				description: cut(body, discord.description),
				color: colours[tone],
				timestamp: new Date(at).toISOString(),
			},
		],
		allowed_mentions: { parse: [] },
	};
}

/** For a program: the type, the time, and the facts beside the words, as Standard Webhooks proposes. */
export function webhookPayload(alert: Alert, { title, lines }: WordedAlert, at: EpochMs): object {
	return {
		type: `keypool.${alert.type.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
		timestamp: new Date(at).toISOString(),
		data: { title, text: lines.map((line) => oneLine(line, 500)).join('\n'), ...factsOf(alert) },
	};
}

function factsOf(alert: Alert): object {
	switch (alert.type) {
		case 'almostExhausted':
		case 'recovered':
			return { usable: alert.usable, total: alert.total, model: alert.model };
		case 'allExhausted': {
			const back = alert.back === undefined ? {} : { back: new Date(alert.back).toISOString() };
			return { usable: 0, total: alert.total, model: alert.model, ...back };
		}
		case 'keysNeedAttention':
			return { keys: alert.keys.map(({ label, reason }) => ({ label, reason })), more: alert.more };
		case 'unused':
			return { model: alert.model };
		case 'poolPaused':
			return { reason: alert.reason, key: alert.by };
		case 'resumed':
		case 'test':
			return {};
	}
}

function escaped(sign: string): string {
	return sign === '&' ? '&amp;' : sign === '<' ? '&lt;' : '&gt;';
}
