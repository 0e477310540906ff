import { isObject } from '../../common/json';
import type { Masker } from '../../masking/masking';
import type { KeyView, ModelView, Snapshot, Availability } from '../../pool/pool';

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

/** Options of `generation` that are words of the service. Other texts are parts of prompts, or meant as such under a wrong name. */
const worded = new Set(['mediaResolution', 'responseMimeType', 'safetySettings', 'serviceTier', 'thinking']);
/** UTF-16 units of a setting. */
const maxSetting = 1_000;

/** Keys that are listed. */
const maxKeys = 50;

/** A report in Markdown, for the people who maintain the extension: in English as the log is, masked, without a prompt's text. */
export function problemReport({ versions, settings, snapshot, lines }: ReportFacts, mask: Masker): string {
	const sections = [
		'# A problem with Keypool for Gemini',
		'<!-- Read all of this before you send it to anybody, and delete what is nobody’s business. -->',
		'## What happened, and what should have happened?',
		'',
		'## Versions',
		...versions.map(([name, value]) => `- ${name}: ${value}`),
		'## Settings that are not at their default',
		...Object.entries(settings).map(([name, value]) => `- keypool.${name}: ${settingText(name, value, mask)}`),
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

/** Masked before it is cut: no part of a key is left at the end. */
function settingText(name: string, value: unknown, mask: Masker): string {
	if (personal.has(name)) return '(set)';
	const text = mask(JSON.stringify(name === 'generation' ? withoutPrompts(value) : value));
	return text.length > maxSetting ? `${text.slice(0, maxSetting)}…` : text;
}

function withoutPrompts(generation: unknown): unknown {
	if (!isObject(generation)) return '(set)';
	const told = (option: string, value: unknown): boolean =>
		worded.has(option) || ['number', 'boolean'].includes(typeof value);
	return Object.fromEntries(
		Object.entries(generation).map(([option, value]) => [option, told(option, value) ? value : '(set)']),
	);
}

function poolLines({ keys, usable, total, model, paused, waiting, strategy, at }: Snapshot): string[] {
	return [
		`- at ${new Date(at).toISOString()}: ${usable} of ${total} enabled keys usable for ${model}, ${waiting} waiting, strategy ${strategy}`,
		...(paused ? [`- paused since ${new Date(paused.since).toISOString()}: ${paused.reason}, by ${paused.by}`] : []),
		...keys.slice(0, maxKeys).flatMap(keyLines),
		...(keys.length > maxKeys ? [`- and ${keys.length - maxKeys} more keys`] : []),
	];
}

function keyLines({ key, project, availability, score, success, fail, models }: KeyView): string[] {
	return [
		`- ${key.label} (${project.tier}, ${key.role}, weight ${key.weight}): ${availabilityText(availability)}; score ${score}, ${success} answered, ${fail} failed`,
		...models.map((model) => `  - ${modelText(model)}`),
	];
}

function modelText({ model, availability, sentToday, limitUsage, inFlight }: ModelView): string {
	const limits = Object.entries(limitUsage).map(
		([name, { used, limit, source }]) => `${name} ${used}/${limit} (${source})`,
	);
	return [
		`${model}: ${availabilityText(availability)}`,
		`${sentToday} sent today`,
		`${inFlight} in flight`,
		...limits,
	].join('; ');
}

/** Without what the service said. */
function availabilityText(availability: Availability): string {
	switch (availability.state) {
		case 'usable':
		case 'disabled':
			return availability.state;
		case 'halfOpen':
			return `halfOpen (${availability.reason})`;
		case 'coolingDown':
		case 'unsupported': {
			const isEndless = availability.state === 'coolingDown' && availability.isEndless;
			const end = isEndless ? 'a limit of 0 is changed' : new Date(availability.until).toISOString();
			return `${availability.state} (${availability.reason}) until ${end}`;
		}
		case 'quarantined': {
			const recheck = availability.recheckAt;
			return `quarantined (${availability.reason})${recheck === undefined ? '' : `, checked again at ${new Date(recheck).toISOString()}`}`;
		}
	}
}
