/** The face of the gateway: the pool as an HTTP service for other tools. It knows no editor, no socket and no file. */
import { Emitter } from '../common/emitter';
import type { Disposable } from '../common/dispose';
import type { Budget } from '../pool/pool';
import { originOf, type ClientRecord, type ClientUsage } from './clients/clientRecord';
import { Clients } from './clients/clients';
import type { GatewayEvent, GatewayParts, GatewayRequest, Peer } from './parts';
import { RequestHandler } from './requestHandler';
import { SignatureMemory } from './requests/signatures';

export { isModelName } from '../gemini/request/address';
export {
	modelNamesIn,
	isPartlyRead,
	maxModels,
	originOf,
	type ClientRecord,
	type ClientRules,
	type ClientUsage,
} from './clients/clientRecord';
export {
	ClientError,
	renewMs,
	TokenRegistry,
	type ClientStorage,
	type IssuedToken,
	type NewClient,
	type RuleChanges,
	type TransientToken,
} from './clients/tokenRegistry';
export type { GatewayStatus, ModelStatus } from './answers/status';
export { isHost } from './doors/origin';
export { logGateway } from './gatewayLog';
export { gatewayPool } from './gatewayPool';
export { isSameHash } from './doors/token';
export type { GatewayDoors, GatewayEvent, GatewayParts, GatewayRequest, GatewayRules, Peer } from './parts';

export interface Gateway extends Disposable {
	/** Answers one request. Its body is read only once everything before it is in order. Never rejects. */
	handle(request: GatewayRequest, peer: Peer): Promise<Response>;
	/** What a client has used today, and has under way now. */
	usageOf(client: string): ClientUsage;
	/** Answers under way. */
	readonly underWay: number;
	onEvent(listener: (event: GatewayEvent) => void): Disposable;
	/** Takes no further request, and resolves when those under way have ended. */
	drain(): Promise<void>;
}

export function createGateway(parts: GatewayParts): Gateway {
	const events = new Emitter<GatewayEvent>(parts.report);
	const clients = new Clients(parts.counts);
	const handler = new RequestHandler({
		...parts,
		clients,
		signatures: new SignatureMemory(),
		tell: (event) => events.fire(event),
	});
	const follow = (): void => {
		const listed = parts.tokens.list();
		parts.pool.setClientBudgets(budgetsOf(listed));
		clients.keep(new Set(listed.map(({ id }) => id)));
		// If the store is closed by then, the counts of a client are read when it first asks.
		if (listed.length > 0) clients.learn(listed).catch(() => undefined);
	};
	follow();
	const following = parts.tokens.onDidChange(follow);
	return {
		handle: (request, peer) => handler.handle(request, peer),
		usageOf: (client) => clients.usageOf(client),
		get underWay() {
			return clients.underWay;
		},
		onEvent: events.event,
		drain: () => clients.drain(),
		dispose: () => {
			following.dispose();
			clients.close();
			parts.pool.setClientBudgets({});
			events.dispose();
		},
	};
}

/** What clients may spend by the rules of their tokens. */
export function budgetsOf(clients: readonly ClientRecord[]): Readonly<Record<string, Budget>> {
	const budgets = clients.flatMap(({ name, rules: { dollarsPerDay: day } }) =>
		day === undefined ? [] : [[originOf(name), { day }] as const],
	);
	return Object.fromEntries(budgets);
}
