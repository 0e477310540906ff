import assert from 'node:assert/strict';
import { gatewayRules } from '../../../src/localGateway/gatewayRules';
import { ServedGateway } from '../../../src/localGateway/servedGateway';
import { ClientCounts } from '../../../src/pool/pool';
import type { Settings } from '../../../src/settings/settings';
import { words } from '../views/snapshots';
import { GatewayRig } from './gatewayRig';

const notAsked = (): never => {
	throw new Error('Nobody asks.');
};

/** Which ports the gateway was served on, in order, by a window that has the role. */
export async function served(settings: Settings, change: () => void): Promise<readonly string[]> {
	const rig = new GatewayRig({ a: {} });
	const heard: string[] = [];
	const gateway = new ServedGateway({
		...{
			pool: rig.pool,
			gemini: { forward: notAsked },
			tokens: rig.tokens,
			counts: new ClientCounts(rig.store),
		},
		...{ words, clock: rig.clock, newId: () => 'id', report: assert.ifError },
		blockedReason: () => Promise.resolve(undefined),
		ready: () => Promise.resolve(),
		rules: () => gatewayRules(settings, settings, false),
		...{ isEnabled: settings.gatewayEnabled, port: settings.gatewayPort },
		election: {
			campaign: (_, begin) => begin(),
			remoteRoles: () => [],
			owns: () => true,
			onDidChange: () => () => undefined,
		},
		serve: ({ port }) => {
			heard.push(`${port}`);
			return Promise.resolve({
				stop: () => Promise.resolve(),
				close: () => Promise.resolve(void heard.push(`no ${port}`)),
			});
		},
		...{ log: { info: () => undefined, warn: () => undefined }, onPortRefused: notAsked, isKeypoolAt: notAsked },
	});
	await rig.clock.advance(10);
	heard.push('some time later');
	change();
	await rig.clock.advance(10);
	gateway.dispose();
	await rig.clock.advance(10);
	return heard;
}

/** Which models may answer a tool in place of the one it wants, before the change and after it. */
export function mayAnswer(settings: Settings, change: () => void): Promise<unknown> {
	const before = gatewayRules(settings, settings, false).fallbackModels;
	change();
	return Promise.resolve([before, gatewayRules(settings, settings, false).fallbackModels]);
}
