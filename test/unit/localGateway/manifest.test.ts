import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import { gatewayCommandNames, gatewayView } from '../../../src/localGateway/names';

interface Entry {
	readonly command?: string;
	readonly when?: string;
}

const { commands, menus, views, configuration } = manifest.contributes;

describe('the gateway in the manifest', () => {
	it('is hidden in a browser, which has none: commands, view and walkthrough', () => {
		for (const name of gatewayCommandNames) {
			assert.ok(
				commands.some(({ command }) => command === name),
				name,
			);
			const inPalette: Entry | undefined = menus.commandPalette.find(({ command }) => command === name);
			assert.match(inPalette?.when ?? '', /!keypool\.inBrowser|^false$/, name);
		}
		const view: { readonly when?: string } | undefined = views.keypool.find(({ id }) => id === gatewayView);
		assert.match(view?.when ?? '', /config\.keypool\.gateway\.enabled && !keypool\.inBrowser/);
		const names: readonly string[] = gatewayCommandNames;
		const entries: readonly Entry[] = [...menus['view/title'], ...menus['view/item/context']];
		const elsewhere = entries.filter(
			({ command = '', when = '' }) => names.includes(command) && !when.startsWith(`view == ${gatewayView}`),
		);
		for (const { command, when = '' } of elsewhere) assert.match(when, /!keypool\.inBrowser/, command);
		const step = manifest.contributes.walkthroughs[0]?.steps.find(({ id }) => id === 'tools');
		assert.ok(step && 'when' in step && step.when === '!keypool.inBrowser');
	});

	it('offers on a tool that is stopped to let it go on, and on every tool what it has of its own', () => {
		const offered = (viewItem: string) =>
			menus['view/item/context'].flatMap(({ command, group, when }) => {
				const [, exact, pattern = '^$'] =
					/^view == keypool\.gateway && viewItem (?:== (\S+)|=~ \/(.*)\/)$/.exec(when) ?? [];
				const holds = exact === undefined ? new RegExp(pattern).test(viewItem) : exact === viewItem;
				return holds && group !== 'inline' ? [command] : [];
			});
		assert.deepEqual(offered('tool'), ['keypool.setToolRules', 'keypool.revokeTool']);
		assert.deepEqual(offered('tool;held'), ['keypool.setToolRules', 'keypool.revokeTool', 'keypool.releaseClient']);
	});

	it('takes no setting from a workspace', () => {
		const own = Object.entries(configuration.properties).filter(([name]) => name.startsWith('keypool.gateway.'));
		assert.equal(own.length, 3);
		for (const [name, { scope }] of own) assert.equal(scope, 'application', name);
		assert.equal(configuration.properties['keypool.gateway.enabled'].default, false);
	});
});
