import type { Alert } from '../../../../src/monitoring/alerts/alert';
import { Alerts } from '../../../../src/monitoring/alerts/alerts';
import type { AlertMemory } from '../../../../src/monitoring/alerts/memory';
import type { Receiver } from '../../../../src/monitoring/alerts/receiver';
import type { Log } from '../../../../src/monitoring/log/log';
import { answers, fails, Rig, type Script } from '../../pool/rig';

export const minute = 60_000;
const interval = { value: 10 * minute };

/** Keys that fail with a verdict for as long as they are in the map. */
type Trouble = Map<string, Parameters<typeof fails>[0]>;

export function openAlerts(
	keys = ['a', 'b', 'c'],
	kept: { value: unknown } = { value: undefined },
	given?: Rig,
	memory: AlertMemory = { read: () => kept.value, write: (value) => (kept.value = structuredClone(value)) },
) {
	const trouble: Trouble = new Map();
	const script: Script = (send) => {
		const verdict = trouble.get(send.key);
		return verdict ? fails(verdict) : answers(send);
	};
	const rig = given ?? new Rig(Object.fromEntries(keys.map((key) => [key, {}])), script);
	const sent: Alert[] = [];
	const lines: string[] = [];
	const undeliverable: string[] = [];
	const line = (text: string): void => void lines.push(text);
	const log: Log = { trace: line, debug: line, info: line, warn: line, error: line };
	/** What the receiver does with each try. */
	const receiver = { take: (): Promise<void> => Promise.resolve() };
	const target: Receiver = {
		name: 'webhook',
		send: async (alert) => {
			await receiver.take();
			sent.push(alert);
		},
	};
	const alerts = new Alerts([target], {
		pool: rig.pool,
		clock: rig.clock,
		random: () => 0,
		log,
		memory,
		interval,
		undeliverable: (name, reason) => undeliverable.push(`${name} ${reason}`),
	});
	const names = (): string => sent.map(({ type: is }) => is).join(' ');
	return { rig, trouble, sent, lines, receiver, alerts, kept, names, undeliverable };
}

/** Asks until every key has been tried once. */
export async function use(rig: Rig, times = 3): Promise<void> {
	for (let n = 0; n < times; n++) rig.ask({ maxWaitMs: 0 });
	await rig.clock.advance(3_000);
}
