import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import type { Service } from '../../../src/simulator/service';
import type { Workbench } from './workbench';

/**
 * A folder as somebody makes it who wants a stranger's window to run commands, and what tells whether one ran. The command
 * that the attack runs moves the side bar: VS Code writes that into the user's settings, outside of the window.
 */
const command = 'workbench.action.toggleSidebarPosition';
const trace = 'workbench.sideBar.location';

/** Made into a link by what shows it as a message; with a codicon, and a mark that turns around what follows it. */
export const bait = {
	/** Short enough for a name of a key, which has 60 characters. */
	link: `[View](command:${command})`,
	icon: '$(flame)',
	turned: '\u202egnp.\u202c',
	/** A bare address, and one of Markdown. */
	addresses: 'https://evil.invalid/a-b www.evil.invalid <https://evil.invalid> ![x](https://evil.invalid/x.png)',
} as const;

/** Names of files, each of which is an attack. */
export const hostileNames = {
	symbols: 'symbols.json',
	lines: `lines ${bait.link}.jsonl`,
	broken: `broken ${bait.link}.jsonl`,
	binary: `binary ${bait.link}.bin`,
	secret: `secret ${bait.link}.env`,
	models: 'models.jsonl',
	attached: `${bait.icon} attached ${bait.turned}.md`,
} as const;

/** The files of the folder by their names; others may add theirs. */
export function hostileFiles(): Readonly<Record<string, string>> {
	return {
		[hostileNames.symbols]: `{\n\t"${bait.link}": {\n\t\t"inner": 1\n\t},\n\t"${bait.icon}${'A'.repeat(5_000)}": {\n\t\t"inner": 2\n\t}\n}\n`,
		[hostileNames.lines]: '{"prompt":"Is it? [short]"}\n',
		[hostileNames.broken]: '{"prompt":\n',
		// The editor takes it for text, because it looks at the beginning alone.
		[hostileNames.binary]: `${'text '.repeat(200)}${'\0\u0001'.repeat(50)}`,
		[hostileNames.secret]: 'nothing to see\n',
		[hostileNames.models]: `${JSON.stringify({ prompt: 'Who? [short]', model: bait.link })}\n`,
		[hostileNames.attached]: 'Notes.\n',
	};
}

/** The service as somebody in its place would answer: what it says, and how it calls its models, are attacks. */
export function hostileService(service: Service): Service {
	const fetch: Service['fetch'] = async (input, init) => {
		const request = new Request(input, init);
		const response = await service.fetch(request);
		const isList = request.method === 'GET';
		if (response.ok && !isList) return response;
		const text = await response.text();
		const serviceMessage = isList ? `${bait.link} ${bait.icon} ` : `${bait.link} ${bait.icon} ${bait.addresses} `;
		const hostile = text.replace(/("(?:displayName|message)": *")/g, (name) => name + serviceMessage);
		return new Response(hostile, { status: response.status, headers: { 'content-type': 'application/json' } });
	};
	return Object.assign(Object.create(service) as Service, { fetch });
}

/** Where the links in a part of the window lead, as a person who presses them would be led. */
export async function leads(where: Locator): Promise<readonly string[]> {
	const found = await where.locator('a').all();
	const targets = found.map(
		async (link) => (await link.getAttribute('data-href')) ?? (await link.getAttribute('href')) ?? '',
	);
	return (await Promise.all(targets)).filter((target) => target !== '');
}

/** Presses what a part of the window has made a link or an icon of, if anything, and asserts that there was nothing. */
export async function assertNoLink(where: Locator): Promise<void> {
	await where.waitFor();
	const found = await leads(where);
	if (found.length > 0) await where.locator('a[href], a[data-href]').first().click();
	assert.deepEqual(found, []);
	assert.equal(await where.locator('.codicon-flame').count(), 0, 'a name became an icon');
}

/** Whether the command of the attack ran in a window of this workbench. */
export function hasRun(workbench: Workbench): boolean {
	return readFileSync(path.join(workbench.server.data, 'data/User/settings.json'), 'utf8').includes(trace);
}
