// Takes the arguments of a desktop VS Code, but the window is headless Chromium on the VS Code server build. Exits with
// the tests' code, and shows the window's log only when that is not 0: most of it is the workbench's own. Environment: STAND_IN_SETTINGS (the user's settings, JSON), STAND_IN_ENV (the extension host's
// environment, JSON), STAND_IN_TRUST=ask (Restricted Mode), STAND_IN_LIMIT (seconds until it gives up).
import { format, parseArgs } from 'node:util';
import * as v from 'valibot';
import { launchBrowser, newProfile } from './browser';
import { startServer, windowAddress } from './server';

const Settings = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));
const Environment = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string()));
const Paths = v.optional(v.array(v.string()), []);

async function run(): Promise<number> {
	const { values, positionals } = parseArgs({
		strict: false,
		allowPositionals: true,
		options: {
			extensionDevelopmentPath: { type: 'string', multiple: true },
			extensionTestsPath: { type: 'string' },
		},
	});
	const extensions = v.parse(Paths, values['extensionDevelopmentPath']);
	const tests = v.parse(v.string(), values['extensionTestsPath']);
	const limit = Number(process.env['STAND_IN_LIMIT'] ?? 120);
	const server = await startServer({
		settings: v.parse(Settings, process.env['STAND_IN_SETTINGS'] ?? '{}'),
		trustEverything: process.env['STAND_IN_TRUST'] !== 'ask',
		env: v.parse(Environment, process.env['STAND_IN_ENV'] ?? '{}'),
	});
	const browser = await launchBrowser();
	const log: string[] = [];
	let timer: NodeJS.Timeout | undefined;
	try {
		const page = await (await newProfile(browser)).newPage();
		const code = new Promise<number>((resolve) => {
			timer = setTimeout(() => {
				console.error(`No result within ${String(limit)} s. The server's output:\n${server.output()}`);
				resolve(124);
			}, limit * 1000);
			page.once('crash', () => {
				console.error('The page crashed.');
				resolve(1);
			});
			void page.exposeFunction('codeAutomationExit', resolve);
		});
		await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
			log.push(format(...args));
			log.splice(0, log.length - 500);
		});
		const [folder] = positionals;
		await page.goto(windowAddress(server.url, { extensions, tests, ...(folder !== undefined && { folder }) }));
		const result = await code;
		if (result !== 0) {
			console.error(log.join('\n'));
		}
		return result;
	} finally {
		clearTimeout(timer);
		await browser.close();
		await server.close();
	}
}

run().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
