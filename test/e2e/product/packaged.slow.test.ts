import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as Nodemailer from 'nodemailer';
import { maskKey } from '../../../src/masking/masking';
import { serve } from '../../../src/simulator/http';
import { optionsOf, scenarioOf } from '../../../src/simulator/scenario';
import { createService, systemClock } from '../../../src/simulator/service';
import { overBudget, readTooEarly } from '../../../scripts/package/budget.cjs';
import { type Contents, givenAway, lacking, surplus } from '../../../scripts/package/contents';
import { makePackage } from '../../../scripts/package/package.cjs';
import { filesIn, timesIn } from '../../../scripts/package/zip';
import { sendsOf } from '../../../scripts/start/agreement';
import { root } from '../../../scripts/vscode/host';
import { MailServer } from '../../support/node/mailServer';
import { Chat } from '../../support/window/chat';
import { useWorkbench } from '../../support/window/workbench';

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
const { secrets, ...scenario } = scenarioOf('two-good');
const service = createService(optionsOf({ ...scenario, secrets }, { clock: systemClock, chance: Math.random }));

describe('the package', () => {
	let made: Awaited<ReturnType<typeof makePackage>>;
	let contents: Contents;
	let into = '';
	let close = (): Promise<void> => Promise.resolve();
	const workbench = useWorkbench(async () => {
		into = mkdtempSync(path.join(tmpdir(), 'keypool-package-'));
		made = await makePackage(into);
		contents = filesIn(readFileSync(made.vsix));
		const server = await serve(service);
		close = () => server.close();
		return {
			extensions: [],
			vsix: made.vsix,
			isComplete: true,
			settings: { 'keypool.baseUrl': server.url },
			// For somebody who packaged a development build: it must count for nothing.
			env: { GEMINI_API_KEYS: secrets.join(','), KEYPOOL_BASE_URL: server.url },
		};
	});
	after(async () => {
		await close();
		rmSync(into, { recursive: true, force: true });
	});

	it('holds what runs at a user’s place, and nothing else', () => {
		assert.deepEqual(lacking(contents), []);
		assert.deepEqual(surplus(contents), []);
		assert.deepEqual(givenAway(contents, root, secrets), []);
	});

	it('tells its reader what can be done with it, and sends nobody to what is not in it', () => {
		const readme = contents.get('extension/readme.md')?.toString('utf8') ?? '';
		const sections = [...readme.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
		assert.deepEqual(sections, [
			...[
				'Use your own keys',
				'In VS Code’s own chat, and for other extensions',
				'For your other tools',
				'A team’s gateway, without a key of your own',
				'A team that shares keys',
				'In a browser',
				'What the pool does',
				'Settings',
				'Monitoring',
			],
			'What Google asks, and who may read your prompts',
		]);
		assert.match(readme, /Try the Simulator/);
		assert.match(readme, /Keypool is not made or endorsed by Google\. Gemini is a trademark of Google LLC\.\n$/);
		const text = readme.replaceAll(/\]\(https:\/\/[^)\s]+\)/g, ']');
		assert.deepEqual(text.match(/<!--|!\[|\]\(|\bnpm\b|\bdocs\/|\.md\b|out\/|\n{3}|[^\n]*[:(]\n\n(?![-|`\d])/g), null);
	});

	it('was packed without a warning', () => {
		assert.deepEqual(made.warnings, []);
	});

	it('keeps to its budget', () => {
		assert.deepEqual(overBudget(made), []);
	});

	it('reads nobody else’s package at a start, but for those that judge what was stored', () => {
		assert.deepEqual(readTooEarly(made), []);
	});

	it('is the same, byte for byte, when it is made again, and says nothing of when', async () => {
		const again = mkdtempSync(path.join(into, 'again-'));
		const second = await makePackage(again);
		const first = readFileSync(made.vsix);
		// 1 January 1980, midnight: the first time that a zip can hold.
		assert.deepEqual([...timesIn(first)], [0x00210000]);
		assert.ok(first.equals(readFileSync(second.vsix)));
		assert.equal(readFileSync(second.sbom, 'utf8'), readFileSync(made.sbom, 'utf8'));
	});

	it('comes with a bill of materials, which names the packages whose licences are in it', () => {
		const bill = JSON.parse(readFileSync(made.sbom, 'utf8')) as {
			components: { purl: string }[];
		};
		const named = bill.components.map(({ purl }) => decodeURIComponent(purl.slice('pkg:npm/'.length)));
		const notices = contents.get('extension/dist/ThirdPartyNotices.txt')?.toString('utf8') ?? '';
		const licensed = [...notices.matchAll(/^-{80}\n\n(\S+) (\S+) \(/gm)].map(
			([, name, version]) => `${name}@${version}`,
		);
		assert.ok(licensed.length > 10);
		assert.deepEqual(named, licensed.sort());
	});

	it('sends mail, although it holds but the parts of nodemailer that a mail needs', async () => {
		const chunks = path.join(made.folder, 'dist/chunks');
		const file = readdirSync(chunks).find((name) => name.startsWith('nodemailer-'));
		assert.ok(file !== undefined);
		const { createTransport } = createRequire(chunks)(path.join(chunks, file)) as typeof Nodemailer;
		const receiver = new MailServer({ hideSTARTTLS: true });
		const transport = createTransport({ host: '127.0.0.1', port: await receiver.start(), ignoreTLS: true });
		try {
			await transport.sendMail({ from: 'a@example.org', to: ['b@example.org'], subject: 'Đã nghỉ', text: 'Grüße' });
			assert.deepEqual(receiver.receivers, ['b@example.org']);
			assert.match(receiver.messages.join(), /Subject: =\?UTF-8\?.*Gr=C3=BC=C3=9Fe/s);
		} finally {
			transport.close();
			await receiver.stop();
		}
	});

	it('is installed in an empty data folder, and answers there with a key that was added by hand', async () => {
		const installed = readdirSync(path.join(workbench().server.data, 'extensions'));
		assert.deepEqual(
			installed.filter((name) => name.startsWith('keypool.')),
			[`keypool.keypool-gemini-${manifest.version}`],
		);
		const window = await workbench().open();
		const status = window.statusBarItem('keypool.status');
		await status.filter({ hasText: 'no keys' }).waitFor();
		assert.deepEqual(service.log, [], 'a key of the environment was used');

		// The simulator is in the package, and nothing of it leaves the extension host.
		await window.palette('Keypool: Ask…');
		await window.pressOnNotification('There is no Gemini API key yet.', 'Try the Simulator');
		await status.filter({ hasText: 'simulator 4/4' }).waitFor();
		await window.answerInput('Who plays Gemini? [short]');
		assert.equal((await new Chat(window).finished('Who plays Gemini? [short]')).key, 'Simulator 3');
		await window.palette('Keypool: Leave the Simulator');
		await status.filter({ hasText: 'no keys' }).waitFor();
		assert.deepEqual(service.log, []);

		const [secret = ''] = secrets;
		await window.palette('Keypool: Ask…');
		await window.pressOnNotification('There is no Gemini API key yet.', 'Add Keys');
		await window.answerInput(secret);
		await window.notification(`Key 1 (${maskKey(secret)}) was added and works.`).waitFor();
		await window.answerInput('Does the package work? [short]');
		assert.equal((await new Chat(window).finished('Does the package work? [short]')).key, 'Key 1');
		assert.equal(sendsOf(service.log).length, 1);
		await window.screenshot('packaged');
	});
});
