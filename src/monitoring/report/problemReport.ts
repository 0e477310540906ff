import type { Masker } from '../../masking/masking';
import type { KeyView, ModelView, Snapshot, Standing } from '../../pool/pool';

/** What a report is made of. */
export interface ReportFacts {
	/** Name and version, or name and fact, in order. */
	readonly versions: readonly (readonly [name: string, value: string])[];
	/** Settings that are not at their default, by name. */
	readonly settings: Readonly<Record<string, unknown>>;
	readonly snapshot: Snapshot;
	/** Of the log, oldest first. */
	readonly lines: readonly string[];
}

/** Settings of which a report says only that they are set: they name people and their machines. */
const personal = new Set(['alerts.smtp', 'alerts.mailFrom', 'alerts.mailTo', 'baseUrl']);

/** Keys that are listed. */
const mostKeys = 50;

/** A report in Markdown, for whoever mends the extension: in English as the log is, masked, without a prompt's text. */
export function problemReport({ versions, settings, snapshot, lines }: ReportFacts, mask: Masker): string {
	const sections = [
		'# A problem with Keypool for Gemini',
		'<!-- Read all of this before you send it to anybody, and delete what is nobody’s business. -->',
		'## What happened, and what should have happened?',
		'',
		'## Versions',
		...versions.map(([name, value]) => `- ${name}: ${value}`),
		'## Settings that are not at their default',
		...Object.entries(settings).map(
			([name, value]) => `- keypool.${name}: ${personal.has(name) ? '(set)' : JSON.stringify(value)}`,
		),
		'## The pool',
		...poolLines(snapshot),
		'## The last lines of the log',
		'```',
		// A fence inside would end the block.
		...lines.map((line) => line.replaceAll('```', "'''")),
		'```',
	];
	return `${mask(sections.join('\n')).replace(/\n(#+ )/g, '\n\n$1')}\n`;
}

function poolLines({ keys, usable, total, model, paused, waiting, strategy, at }: Snapshot): string[] {
	return [
		`- at ${new Date(at).toISOString()}: ${usable} of ${total} enabled keys usable for ${model}, ${waiting} waiting, strategy ${strategy}`,
		...(paused ? [`- paused since ${new Date(paused.since).toISOString()}: ${paused.why}, by ${paused.by}`] : []),
		...keys.slice(0, mostKeys).flatMap(keyLines),
		...(keys.length > mostKeys ? [`- and ${keys.length - mostKeys} more keys`] : []),
	];
}

function keyLines({ key, project, standing, score, success, fail, models }: KeyView): string[] {
	return [
		`- ${key.label} (${project.tier}, ${key.role}, weight ${key.weight}): ${standingText(standing)}; score ${score}, ${success} answered, ${fail} failed`,
		...models.map((model) => `  - ${modelText(model)}`),
	];
}

function modelText({ model, standing, requestsToday, rooms, inFlight }: ModelView): string {
	const limits = Object.entries(rooms).map(([name, { used, limit, from }]) => `${name} ${used}/${limit} (${from})`);
	return [`${model}: ${standingText(standing)}`, `${requestsToday} today`, `${inFlight} in flight`, ...limits].join(
		'; ',
	);
}

/** Without what the service said. */
function standingText(standing: Standing): string {
	switch (standing.is) {
		case 'usable':
		case 'disabled':
			return standing.is;
		case 'probing':
			return `probing (${standing.why})`;
		case 'resting':
		case 'closed':
			return `${standing.is} (${standing.why}) until ${new Date(standing.until).toISOString()}`;
		case 'benched': {
			const recheck = standing.recheckAt;
			return `benched (${standing.why})${recheck === undefined ? '' : `, checked again at ${new Date(recheck).toISOString()}`}`;
		}
	}
}
