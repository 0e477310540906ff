import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Registry from 'prom-client/lib/registry';
import * as v from 'valibot';
import { createFamilies } from '../src/monitoring/metrics/families';

const root = path.resolve(__dirname, '..');
const file = path.join(root, 'docs/REFERENCE.md');

const Setting = v.object({
	markdownDescription: v.optional(v.string()),
	description: v.optional(v.string()),
	default: v.unknown(),
	scope: v.optional(v.string(), 'window'),
	enum: v.optional(v.array(v.string())),
	enumDescriptions: v.optional(v.array(v.string())),
	markdownEnumDescriptions: v.optional(v.array(v.string())),
});
const Group = v.object({ properties: v.record(v.string(), Setting) });
const Manifest = v.object({
	contributes: v.object({
		commands: v.array(v.object({ command: v.string(), title: v.string() })),
		menus: v.object({ commandPalette: v.array(v.object({ command: v.string(), when: v.string() })) }),
		keybindings: v.array(v.object({ command: v.string(), key: v.string(), mac: v.optional(v.string()) })),
		configuration: v.union([Group, v.array(Group)]),
	}),
});
const Families = v.array(v.object({ name: v.string(), help: v.string(), type: v.string() }));
const Labelled = v.record(v.string(), v.object({ name: v.string(), labelNames: v.array(v.string()) }));

/** docs/REFERENCE.md as the manifest and the metrics have it: every setting, every command, every metric. */
export async function reference(): Promise<string> {
	const { contributes } = v.parse(Manifest, json('package.json'));
	const texts = v.parse(v.record(v.string(), v.string()), json('package.nls.json'));
	const say = (text: string): string => cell(text.replace(/^%(.+)%$/, (_, key: string) => texts[key] ?? key));
	const groups = Array.isArray(contributes.configuration) ? contributes.configuration : [contributes.configuration];
	const settings = groups.flatMap(({ properties }) => Object.entries(properties)).sort(byName);
	const keysOf = (command: string): string =>
		contributes.keybindings
			.filter((binding) => binding.command === command)
			.map(({ key, mac }) => (mac === undefined ? code(key) : `${code(key)}, on a Mac ${code(mac)}`))
			.join('; ');
	const conditions = new Map(contributes.menus.commandPalette.map(({ command, when }) => [command, when]));
	const offered = (command: string): string => {
		const when = conditions.get(command);
		if (when === undefined) return 'yes';
		return when === 'false' ? 'no' : cell(code(when));
	};
	const registry = new Registry();
	const labelled = Object.values(v.parse(Labelled, createFamilies(registry)));
	const labels = new Map(labelled.map(({ name, labelNames }) => [name, labelNames]));
	const families = v.parse(Families, await registry.getMetricsAsJSON());
	return `${[
		'# Reference',
		'Made by `npm run reference` from the manifest and the metrics; a test holds it to them.',
		'## Settings',
		'The scope says who can set it. An `application` or `machine` setting is yours alone: no workspace can change it.',
		table(
			['Setting', 'Meaning', 'Default', 'Scope'],
			settings.map(([name, setting]) => [code(name), meaning(setting, say), shown(setting.default), setting.scope]),
		),
		'## Commands',
		table(
			['Command', 'Title', 'In the palette', 'Keys'],
			[...contributes.commands]
				.sort((a, b) => (a.command < b.command ? -1 : 1))
				.map(({ command, title }) => [code(command), say(title), offered(command), keysOf(command)]),
		),
		'## Metrics',
		'Served for Prometheus on the loopback address when `keypool.metrics.port` is set. Labels hold key labels, never keys.',
		table(
			['Metric', 'Type', 'Labels', 'Meaning'],
			families
				.sort((a, b) => (a.name < b.name ? -1 : 1))
				.map(({ name, type, help }) => [code(name), type, (labels.get(name) ?? []).map(code).join(', '), cell(help)]),
		),
	].join('\n\n')}\n`;
}

function meaning(setting: v.InferOutput<typeof Setting>, say: (text: string) => string): string {
	const words = setting.markdownEnumDescriptions ?? setting.enumDescriptions ?? [];
	const choices = (setting.enum ?? []).map((value, n) => {
		const what = words[n];
		return what === undefined ? code(value) : `${code(value)}: ${say(what)}`;
	});
	return [say(setting.markdownDescription ?? setting.description ?? ''), ...choices].join('<br>');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function shown(value: unknown): string {
	return value === '' ? '' : code(cell(JSON.stringify(value)));
}

function cell(text: string): string {
	return text.replaceAll('|', '\\|').replaceAll('\n', '<br>');
}

function code(text: string): string {
	return `\`${text}\``;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
	return a < b ? -1 : 1;
}

function json(name: string): unknown {
	return JSON.parse(readFileSync(path.join(root, name), 'utf8'));
}

if (require.main === module) {
	void reference().then((text) => writeFileSync(file, text));
}
