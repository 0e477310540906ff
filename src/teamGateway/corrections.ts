import type { PoolCommand, Snapshot } from '../pool/pool';
import type { gatewayIds } from './names';
import type { GatewayShown } from './teamGateway';

/** ms. A shorter cooldown ends by itself soon, and may concern one request only, such as a large one. */
const shortRestMs = 60_000;

/**
 * What the pool must unlearn once a gateway has told its status. A token that it knows is good, even if one of its replicas had
 * not heard of it yet. A model that can answer no longer cools down, even if its keys were used up for the day.
 */
export function correctionsOf(
	{ key, project }: ReturnType<typeof gatewayIds>,
	{ told, trouble }: GatewayShown,
	{ at, keys, aliases }: Pick<Snapshot, 'at' | 'keys' | 'aliases'>,
): readonly PoolCommand[] {
	const view = keys.find((one) => one.key.id === key);
	if (told === undefined || trouble !== undefined || view === undefined) return [];
	const isUsable = new Set(told.models.flatMap((one) => (one.isUsable ? [aliases.get(one.model) ?? one.model] : [])));
	return [
		...(view.availability.state === 'quarantined' ? [{ type: 'liftQuarantine', key } as const] : []),
		...view.models.flatMap(({ model, availability }) =>
			availability.state === 'coolingDown' && availability.until > at + shortRestMs && isUsable.has(model)
				? [{ type: 'clearCooldown', project, model } as const]
				: [],
		),
	];
}
