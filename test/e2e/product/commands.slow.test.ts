import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import manifest from '../../../package.json';
import english from '../../../package.nls.json';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { appears, opens, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

/** Does what a person does after choosing the command in the palette, and sees what comes of it. */
type Drive = (window: Window, chat: Chat) => Promise<void>;
/** Where a command needs more of a stage: another window test that drives it and names its title. */
type Elsewhere = { readonly shownIn: string; readonly as?: string };
/** What asks in a list or a box is run again where a focus on its way closed that. */
type Asking = { readonly asks: true; readonly drive: Drive };
/** What is rarely wanted stands in the menu of the view's title, and not in the palette. */
type InTitle = { readonly title: string; readonly drive: Drive };
/** What acts on one key stands in its menu, and not in the palette. */
type InMenu = {
	readonly of: string;
	readonly in: readonly string[];
	readonly asks?: true;
	readonly drive: Drive;
};

const row = (window: Window, label: string) => window.treeRows('Keys').filter({ hasText: label }).first();
const openMenu = async (window: Window, label: string, ...items: readonly string[]): Promise<void> => {
	await window.contextMenuOf(row(window, label), ...items);
};
const see =
	(label: string, text: string): Drive =>
	(window) =>
		row(window, label).filter({ hasText: text }).waitFor();
const pick =
	(...texts: readonly string[]): Drive =>
	async (window) => {
		for (const text of texts) {
			await window.quickPick(text).first().click();
		}
	};
const type =
	(text: string): Drive =>
	async (window) => {
		// The list before it has a box, too, until it closes.
		await window.page.locator('.quick-input-list').waitFor({ state: 'hidden' });
		await window.answerInput(text);
	};
const notice =
	(text: string): Drive =>
	async (window) => {
		await window.notice(text);
	};
const then =
	(...drives: readonly Drive[]): Drive =>
	async (window, chat) => {
		for (const drive of drives) await drive(window, chat);
	};
const asking = (...drives: readonly Drive[]): Asking => ({ asks: true, drive: then(...drives) });
/** What is shown once does not follow what changes: it is opened again until it says what is expected. */
const again = (what: Locator, open: () => Promise<void>): Promise<void> =>
	until('what is looked for', async () => {
		await open();
		return appears(what);
	});
const onRow = (of: string, ...drives: readonly Drive[]): InMenu => ({ of, in: [], drive: then(...drives) });
const askingOnRow = (of: string, ...drives: readonly Drive[]): InMenu => ({ ...onRow(of, ...drives), asks: true });
const onProject = (of: string, ...drives: readonly Drive[]): InMenu => ({
	...{ of, in: [english['menu.project']], asks: true, drive: then(...drives) },
});
const inTitle = (title: string, ...drives: readonly Drive[]): InTitle => ({ title, drive: then(...drives) });
const dialog =
	(text: string): Drive =>
	async (window) => {
		await window.page.locator('.monaco-dialog-box').getByText(text).first().waitFor();
		await window.press('Escape');
		await window.page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
	};
const close: Drive = (window) => window.press('Escape');

/** In the order in which they are driven: the last ones take things away. */
const drives: Readonly<Record<string, Drive | Elsewhere | InMenu | Asking | InTitle>> = {
	'keypool.ask': asking(type('Who is there? [short]'), async (_, chat) => {
		assert.match((await chat.finished('Who is there? [short]')).text, /Who is there/);
	}),
	'keypool.newConversation': async (_, chat) => {
		await until('the empty chat', async () => (await chat.questions.count()) === 0);
	},
	'keypool.explainSelection': { shownIn: 'scenario.test.ts' },
	'keypool.fix': { shownIn: 'editorCommands.test.ts' },
	'keypool.document': { shownIn: 'editorCommands.test.ts' },
	'keypool.edit': { shownIn: 'editorCommands.test.ts' },
	'keypool.writeTests': { shownIn: 'editorCommands.test.ts' },
	'keypool.commitMessage': { shownIn: 'editorCommands.test.ts' },
	'keypool.runBatchFile': { shownIn: 'editorCommands.test.ts' },
	'keypool.conversations': { shownIn: 'conversations.test.ts' },
	'keypool.exportConversation': {
		shownIn: 'conversations.test.ts',
		as: 'Export as Markdown',
	},
	'keypool.openDashboard': { shownIn: 'dashboard.test.ts' },
	'keypool.reportProblem': { shownIn: 'monitoring.test.ts' },
	'keypool.sendTestAlert': { shownIn: 'monitoring.test.ts' },
	'keypool.setMetricsToken': { shownIn: 'monitoring.test.ts', as: 'Set Metrics Token' },
	'keypool.setUpAlerts': asking(close),
	'keypool.startGateway': { shownIn: 'gateway.test.ts' },
	'keypool.stopGateway': { shownIn: 'gateway.test.ts' },
	'keypool.connectTool': { shownIn: 'gateway.test.ts' },
	'keypool.openGatewayTerminal': { shownIn: 'gateway.test.ts' },
	'keypool.setToolRules': { shownIn: 'gateway.test.ts', as: 'What may curl do?' },
	'keypool.revokeTool': { shownIn: 'gateway.test.ts', as: 'Revoke the token of curl?' },
	'keypool.acceptChange': { shownIn: 'answerCode.test.ts' },
	'keypool.rejectChange': { shownIn: 'answerCode.test.ts' },
	'keypool.addKey': asking(type('sk-ant-some-key-of-another-service'), async (window) => {
		await window.page.locator('.quick-input-message', { hasText: 'Anthropic' }).waitFor();
		await window.press('Escape');
	}),
	'keypool.pasteKeys': { shownIn: 'addKeys.test.ts' },
	'keypool.importKeys': { shownIn: 'addKeys.test.ts' },
	'keypool.replaceKey': askingOnRow(
		'sim-good-1',
		type('sim-good-1'),
		notice('This key is stored already, as sim-good-1'),
	),
	'keypool.checkKey': onRow('sim-good-1', notice('sim-good-1 works.')),
	'keypool.checkAllKeys': notice('2 keys checked: 2 work.'),
	'keypool.renameKey': askingOnRow('sim-good-1', type('first'), see('first', 'usable')),
	'keypool.setRole': askingOnRow('first', pick('Backup'), see('first', 'backup')),
	'keypool.setWeight': askingOnRow('first', type('5'), async (window) => {
		await window.hover(row(window, 'first'), window.page.locator('.workbench-hover').getByText('Weight 5'));
		await window.noHover();
	}),
	'keypool.setTier': onProject('first', pick('Paid tier'), see('first', 'paid tier')),
	'keypool.renameProject': onProject('first', type('Shop'), see('Shop', 'paid tier')),
	'keypool.setAccount': onProject('first', type('Work'), see('Work', '1 key')),
	'keypool.setProject': onProject('sim-good-2', pick('Shop'), see('Shop', '2 keys = 1 quota')),
	'keypool.setLimits': onProject('first', pick('Requests a minute'), type('100'), async (window) => {
		// A box that is still judging what was entered would be closed by what comes next.
		await window.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
		await again(window.quickPick('Requests a minute').filter({ hasText: '100 (your limit)' }), async () => {
			await window.press('Escape');
			await openMenu(window, 'first', english['menu.project'], 'Set Limits…');
		});
		await window.press('Escape');
	}),
	'keypool.setDailyCap': onProject('first', pick('Requests a day'), type('0'), see('first', 'your limit is 0')),
	'keypool.createTeam': { shownIn: 'team.test.ts' },
	'keypool.joinTeam': { shownIn: 'team.test.ts', as: 'Tham gia nhóm…' },
	'keypool.copyInvitation': { shownIn: 'team.test.ts' },
	'keypool.leaveTeam': { shownIn: 'team.test.ts' },
	'keypool.addToChat': { shownIn: 'editorChat.test.ts' },
	'keypool.manageAccess': { shownIn: 'otherExtension.test.ts' },
	'keypool.setBudget': { shownIn: 'money.test.ts', as: 'Set Budget' },
	'keypool.setPoolBudget': { shownIn: 'money.test.ts' },
	'keypool.raiseBudget': { shownIn: 'money.test.ts' },
	'keypool.releaseClient': { shownIn: 'money.test.ts' },
	'keypool.clearRest': { shownIn: 'keysView.test.ts' },
	'keypool.moveKeyDown': onRow('first', async (window) => {
		await until('the other order', async () => {
			const labels = await window.treeRows('Keys').locator('.label-name').allInnerTexts();
			return labels.indexOf('sim-good-2') < labels.indexOf('first') && labels.includes('first');
		});
	}),
	'keypool.moveKeyUp': onRow('first', async (window) => {
		await until('the order as it was', async () => {
			const labels = await window.treeRows('Keys').locator('.label-name').allInnerTexts();
			return labels.indexOf('first') < labels.indexOf('sim-good-2') && labels.includes('first');
		});
	}),
	'keypool.disableKey': onRow('first', see('first', 'disabled')),
	'keypool.explainKey': onRow('first', dialog('You have disabled it')),
	'keypool.enableKey': { shownIn: 'keysMenus.test.ts', as: "'Enable'" },
	'keypool.useAgain': { shownIn: 'keysView.test.ts' },
	'keypool.filterKeys': { shownIn: 'keysView.test.ts' },
	'keypool.clearFilter': { shownIn: 'keysView.test.ts' },
	'keypool.chooseStrategy': asking(pick('roundRobin'), async (window) => {
		const strategy = window.page.locator('.workbench-hover').getByText('Strategy: in turn.');
		await window.hover(window.statusBarItem('keypool.status'), strategy);
	}),
	'keypool.chooseModel': asking(pick('gemini-3.5-flash-lite'), async (window) => {
		await window.view('Keys').getByText('gemini-3.5-flash-lite').first().waitFor();
	}),
	'keypool.chooseFallbackModels': inTitle(
		'Keys',
		async (window) => {
			await window.quickInputTitle('in this order: gemini-3.5-flash-lite').waitFor();
			await window.quickPick('gemini-3.8-flash').first().click();
			await window.quickInputTitle('in this order: gemini-3.5-flash-lite, gemini-3.8-flash').waitFor();
			await window.quickPick('gemini-3.5-flash-lite').click();
			await window.quickInputTitle('in this order: gemini-3.8-flash').waitFor();
			await window.press('Enter');
		},
		async (window) => {
			await again(window.quickInputTitle('in this order: gemini-3.8-flash'), async () => {
				await window.press('Escape');
				await window.titleMenu('Keys', 'Choose Fallback Models…');
			});
			await window.screenshot('fallback-models');
			await window.press('Escape');
		},
	),
	'keypool.resume': { shownIn: 'firstHour.test.ts' },
	'keypool.openSettings': async (window) => {
		await window.page.locator('.settings-editor').waitFor();
	},
	'keypool.showLog': async (window) => {
		await window.page.locator('.output-view-container, .panel').first().waitFor();
	},
	'keypool.removeKey': onRow('sim-good-2', async (window) => {
		await row(window, 'sim-good-2').waitFor({ state: 'detached' });
	}),
	'keypool.undoRemove': see('sim-good-2', 'your limit is 0'),
	'keypool.removeEverything': async (window) => {
		await window.dialogButton('Remove Everything').click();
		await notice('Everything was removed.')(window, new Chat(window));
		await window.view('Keys').getByText('Keypool answers your questions').waitFor();
		await window.statusBarItem('keypool.status').filter({ hasText: 'no keys' }).waitFor();
	},
	// There are no keys any more.
	'keypool.useTeamGateway': { shownIn: 'colleague.test.ts' },
	'keypool.stopTeamGateway': { shownIn: 'colleague.test.ts' },
	'keypool.trySimulator': async (window) => {
		await window.statusBarItem('keypool.status').filter({ hasText: 'simulator 4/4' }).waitFor();
	},
	'keypool.leaveSimulator': async (window) => {
		await window.statusBarItem('keypool.status').filter({ hasText: 'no keys' }).waitFor();
	},
};

describe('every command of the manifest', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys }));
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
		await window.openContainer();
	});
	const titles = new Map(
		manifest.contributes.commands.map(({ command, title }) => [
			command,
			Reflect.get(english, title.slice(1, -1)) as unknown,
		]),
	);

	it('is driven here, or named with the test that drives it', () => {
		assert.deepEqual(Object.keys(drives).sort(), [...titles.keys()].sort());
	});

	const folder = path.resolve(__dirname, '..');
	const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name));
	for (const [command, drive] of Object.entries(drives)) {
		it(`does what it says: ${command}`, async () => {
			const title = titles.get(command);
			assert.ok(typeof title === 'string', `${command} is declared`);
			if (typeof drive === 'object' && 'shownIn' in drive) {
				const file = tests.find((test) => path.basename(test).replace('.slow', '') === drive.shownIn);
				assert.ok(
					file !== undefined && readFileSync(file, 'utf8').includes(drive.as ?? title),
					`${drive.shownIn} drives ${title}`,
				);
				return;
			}
			// Three at most are shown: those of the command before would hide its own.
			await window.palette('Notifications: Clear All Notifications');
			if (typeof drive === 'object' && 'title' in drive) await window.titleMenu(drive.title, title);
			else {
				const run = (): Promise<void> =>
					typeof drive === 'object' && 'of' in drive
						? openMenu(window, drive.of, ...drive.in, title)
						: window.palette(`Keypool: ${title}`);
				await (typeof drive === 'object' && drive.asks ? opens(window.quickInput, run) : run());
			}
			await (typeof drive === 'object' ? drive.drive : drive)(window, chat);
			assert.equal(await window.notification('Something unexpected').count(), 0);
			assert.deepEqual(window.errors, []);
		});
	}
});
