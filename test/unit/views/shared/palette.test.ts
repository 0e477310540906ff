import assert from 'node:assert/strict';
import manifest from '../../../../package.json';

/** Context keys as they stand in a window; absent ones are false. */
type State = Readonly<Record<string, boolean | number>>;

/** Keypool's commands in the palette, in that state, without the prefix. */
function paletteIn(state: State): readonly string[] {
	const { commands, menus } = manifest.contributes;
	const conditions = new Map(menus.commandPalette.map(({ command, when }) => [command, when]));
	const enablements = new Map(commands.map((command) => [command.command, 'enablement' in command]));
	return commands
		.map(({ command }) => command)
		.filter((command) => holds(conditions.get(command), state) && enablements.get(command) !== true)
		.map((command) => command.replace('keypool.', ''))
		.sort();
}

/** Only what our conditions consist of: `||` over `&&` over names, perhaps negated, perhaps compared with 0. */
function holds(when: string | undefined, state: State): boolean {
	if (when === undefined) return true;
	return when.split(' || ').some((part) =>
		part.split(' && ').every((term) => {
			const [, not, name, above] = /^(!?)([\w.]+)( > 0)?$/.exec(term) ?? [];
			assert.ok(name !== undefined, `a condition that this test cannot read: ${when}`);
			const value = above === undefined ? state[name] === true : Number(state[name] ?? 0) > 0;
			return value !== (not === '!');
		}),
	);
}

const always = ['ask', 'openSettings', 'removeEverything', 'reportProblem', 'showLog'];
const withKeys: State = { 'keypool.hasKeys': true };
const ordinary = [
	...always,
	...[
		'addKey',
		'checkAllKeys',
		'chooseModel',
		'chooseStrategy',
		'connectTool',
		'conversations',
		'createTeam',
		'joinTeam',
	],
	...[
		'newConversation',
		'openDashboard',
		'revokeTool',
		'runBatchFile',
		'setPoolBudget',
		'setUpAlerts',
		'startGateway',
		'useTeamGateway',
	],
].sort();

/** What a state adds to the ordinary palette, and takes from it. */
function differs(state: State) {
	const shown = paletteIn({ ...withKeys, ...state });
	return {
		adds: shown.filter((command) => !ordinary.includes(command)),
		takes: ordinary.filter((command) => !shown.includes(command)),
	};
}

describe('the palette shows what makes sense there and then', () => {
	it('with keys and nothing else, about twenty commands', () => {
		assert.deepEqual(paletteIn(withKeys), ordinary);
		assert.equal(ordinary.length, 21);
	});

	it('without a key, the ways to get one', () => {
		assert.deepEqual(
			paletteIn({ 'keypool.noKeys': true }),
			[...always, 'addKey', 'importKeys', 'joinTeam', 'pasteKeys', 'trySimulator', 'useTeamGateway'].sort(),
		);
		assert.ok(paletteIn({ 'keypool.keysLocked': true }).includes('checkAllKeys'));
	});

	it('acts on code where an editor is open, and a commit message where there is a repository', () => {
		const onCode = ['document', 'edit', 'explainSelection', 'fix', 'writeTests'];
		assert.deepEqual(differs({ editorIsOpen: true }), { adds: onCode, takes: [] });
		assert.deepEqual(differs({ gitOpenRepositoryCount: 1 }), { adds: ['commitMessage'], takes: [] });
		assert.equal(paletteIn({ editorIsOpen: true, gitOpenRepositoryCount: 1, 'keypool.noKeys': true }).length, 11);
	});

	it('changes no code where the editor is read-only: the answer would be paid for, and could not be accepted', () => {
		const state = { editorIsOpen: true, activeEditorIsReadonly: true };
		assert.deepEqual(differs(state), { adds: ['explainSelection', 'writeTests'], takes: [] });
		const { 'keypool.editor': menu } = manifest.contributes.menus;
		const changing = menu.filter((item) => 'when' in item && item.when === '!editorReadonly');
		assert.deepEqual(
			changing.map(({ command }) => command),
			['keypool.fix', 'keypool.edit', 'keypool.document'],
		);
	});

	it('what a gateway that runs can do, and no start of it', () => {
		assert.deepEqual(differs({ 'config.keypool.gateway.enabled': true }), {
			adds: ['openGatewayTerminal', 'stopGateway'],
			// Its view has each tool with its token.
			takes: ['revokeTool', 'startGateway'],
		});
	});

	it('in a team, the way out and its invitation, and no way in', () => {
		assert.deepEqual(differs({ 'keypool.inTeam': true }), {
			adds: ['copyInvitation', 'leaveTeam'],
			takes: ['createTeam', 'joinTeam'],
		});
	});

	it('with a team’s gateway, nothing about keys, and the way to another token or out', () => {
		const takes = [
			'addKey',
			'checkAllKeys',
			'chooseStrategy',
			'createTeam',
			'joinTeam',
			'setPoolBudget',
			'setUpAlerts',
		];
		assert.deepEqual(differs({ 'keypool.teamGateway': true, 'keypool.noKeys': true }), {
			adds: ['stopTeamGateway'],
			takes,
		});
		assert.deepEqual(differs({ 'keypool.teamGateway': true, 'keypool.filtered': true }).adds, ['stopTeamGateway']);
		const inTitle = manifest.contributes.menus['view/title'].find(({ command }) => command === 'keypool.clearFilter');
		assert.match(inTitle?.when ?? '', / && !keypool\.teamGateway$/);
	});

	it('and so does the walkthrough: a key that is added then would be checked, said to work, and never be used', () => {
		const steps = manifest.contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
		const shown = steps.filter(({ when }) => holds(when, { 'keypool.teamGateway': true })).map(({ id }) => id);
		assert.deepEqual(shown, ['terms', 'ask', 'tools']);
	});

	it('in a browser, nothing that needs a socket', () => {
		assert.deepEqual(differs({ 'keypool.inBrowser': true }), {
			adds: [],
			takes: ['connectTool', 'createTeam', 'joinTeam', 'revokeTool', 'startGateway'],
		});
	});

	it('what there is something for', () => {
		const one: Readonly<Record<string, string>> = {
			'keypool.simulated': 'leaveSimulator',
			'keypool.canUndoRemove': 'undoRemove',
			'keypool.filtered': 'clearFilter',
			'keypool.canClearRest': 'clearRest',
			'keypool.isPaused': 'resume',
			'keypool.hasBudget': 'raiseBudget',
			'keypool.hasStoppedClient': 'releaseClient',
			'keypool.hasConsents': 'manageAccess',
			'keypool.hasAlertReceivers': 'sendTestAlert',
		};
		for (const [name, command] of Object.entries(one))
			assert.deepEqual(differs({ [name]: true }), { adds: [command], takes: [] }, name);
		assert.deepEqual(differs({ 'config.keypool.metrics.port': 9464 }).adds, ['setMetricsToken']);
	});

	it('and what is in no palette stands where the keyboard reaches it: in a title or in a menu of a row', () => {
		const { commandPalette, ...others } = manifest.contributes.menus;
		const elsewhere = new Set(
			Object.values(others)
				.flat()
				.flatMap((item) => ('command' in item ? [item.command] : [])),
		);
		const never = commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command);
		assert.ok(never.length > 20);
		assert.deepEqual(
			never.filter((command) => !elsewhere.has(command)),
			[],
		);
	});
});
