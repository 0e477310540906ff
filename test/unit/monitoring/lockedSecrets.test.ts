import assert from 'node:assert/strict';
import type * as alerts from '../../../src/monitoring/alerts/commands';
import type * as metrics from '../../../src/monitoring/metrics/commands';
import { MemoryStore } from '../../support/keys/memoryStore';
import { EditorStandIn, textsIn } from '../../support/ui/editor';
import { words } from '../../support/views/snapshots';

/** What a person is told of a command whose calls of the secret storage are refused from the n-th on; undefined: none was. */
async function toldBy(command: 'setUpAlerts' | 'sendTestAlert' | 'setMetricsToken', typed: string, nth: number) {
	const editor = new EditorStandIn();
	Object.assign(editor.api.window, {
		showQuickPick: async (rows: Promise<readonly unknown[]>) => (await rows)[0],
		showInputBox: () => Promise.resolve(typed),
	});
	const secrets = new MemoryStore();
	let calls = 0;
	secrets.refuses = () => ++calls >= nth;
	const report = (): void => undefined;
	if (command === 'setMetricsToken') {
		const { metricsCommands } = editor.read('../monitoring/metrics/commands') as typeof metrics;
		await metricsCommands({ secrets, report })['keypool.setMetricsToken']();
	} else {
		const { alertCommands } = editor.read('../monitoring/alerts/commands') as typeof alerts;
		const receivers = async () => ((await secrets.get('alerts.slack')) === undefined ? [] : []);
		const options = { secrets, receivers, sendMail: undefined, words, report };
		await alertCommands(options as unknown as alerts.AlertCommandsOptions)[`keypool.${command}`]();
	}
	return calls < nth ? undefined : textsIn(editor.given);
}

describe('a command that keeps a secret for alerts or metrics, while the storage is locked', () => {
	for (const [command, typed] of [
		['setUpAlerts', 'https://hooks.example.com/x'],
		['setUpAlerts', ''],
		['sendTestAlert', ''],
		['setMetricsToken', 'a-token-of-metrics'],
		['setMetricsToken', ''],
	] as const) {
		it(`says so once, with what helps, whichever call is refused: ${command} ${typed}`, async () => {
			let nth = 1;
			for (; ; nth++) {
				const told = await toldBy(command, typed, nth);
				if (told === undefined) break;
				assert.deepEqual(told, ['The system’s secret storage refused access. Unlock it and try again.']);
			}
			assert.ok(nth > 1);
		});
	}
});
