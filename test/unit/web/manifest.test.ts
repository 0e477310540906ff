import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import english from '../../../package.nls.json';
import vietnamese from '../../../package.nls.vi.json';
import { gatewayCommandNames } from '../../../src/localGateway/names';
import { teamCommandNames } from '../../../src/team/commands/commandNames';

/** Of rooms that need a socket. */
const settingsOfDesktop = /^keypool\.(?:gateway|metrics)\.|^keypool\.alerts\.(?:smtp|mail)/;

describe('the manifest in a browser', () => {
	const { commands, menus, configuration } = manifest.contributes;

	it('says of each setting of the metrics page, of mail and of the local gateway that a browser has it not', () => {
		const names = Object.keys(configuration.properties).filter((name) => settingsOfDesktop.test(name));
		assert.ok(names.length >= 7, names.join());
		for (const name of names) {
			const text = name.replace(/^keypool/, 'setting') as keyof typeof english;
			assert.match(english[text], / Not available in a browser \(vscode\.dev\)\.$/, name);
			assert.match(vietnamese[text], / Không dùng được trong trình duyệt \(vscode\.dev\)\.$/, name);
		}
	});

	it('hides each command of the metrics page, of the local gateway and of a team’s server, and no other one', () => {
		const palette: readonly { readonly command: string; readonly when?: string }[] = menus.commandPalette;
		const hidden = palette.filter(({ when = '' }) => when.includes('!keypool.inBrowser')).map(({ command }) => command);
		const onRows: readonly string[] = palette.filter(({ when }) => when === 'false').map(({ command }) => command);
		const ofRooms = [...gatewayCommandNames, ...teamCommandNames].filter((name) => !onRows.includes(name));
		assert.deepEqual(hidden.sort(), ['keypool.setMetricsToken', ...ofRooms].sort());
		for (const name of hidden)
			assert.ok(
				commands.some(({ command }) => command === name),
				name,
			);
	});
});
