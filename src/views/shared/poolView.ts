import type { UnreadKeys } from '../../keys/check/keyringLoader';
import type { Words } from '../../localization/words';
import type { KeyId, Dispose, Pool, Snapshot, EpochMs } from '../../pool/pool';
import type { Markdown } from '../../ui/markdown';
import { gatewayInWords, outlookOf } from './gatewayRows';
import type { GatewayView } from './gatewayView';
import type { CallHistory } from './lastFailures';
import type { TeamView } from './teamView';

/** What a view may know of the pool: it looks, and never acts. */
export interface PoolView {
	snapshot(): Snapshot;
	/** The key whose turn it is, where keys take turns. */
	nextInTurn(): KeyId | undefined;
	onDidChange(listener: () => void): Dispose;
	/** A team's gateway in place of keys; with each turn of it the pool changes. */
	gateway?(): GatewayView | undefined;
	/** The team that shares what is known of keys. */
	team?(): TeamView | undefined;
}

/** Whose keys a view shows, or why they are not known. With each turn of it the pool changes. */
export type WhichKeys = 'own' | 'simulated' | 'gateway' | UnreadKeys;

/** The store's time, so that what a view counts down is what the pool waits for; see `Clock` for `after`. */
export interface ViewClock {
	now(): EpochMs;
	after(ms: number, run: () => void): Dispose;
}

export function viewOf(
	pool: Pick<Pool, 'snapshot' | 'nextInTurn' | 'onEvent'>,
	gateway?: () => GatewayView | undefined,
	team?: () => TeamView | undefined,
): PoolView {
	return {
		snapshot: () => pool.snapshot(),
		nextInTurn: () => pool.nextInTurn(),
		...(gateway && { gateway }),
		...(team && { team }),
		onDidChange: (listener) =>
			pool.onEvent((event) => {
				if (event.type === 'changed') listener();
			}),
	};
}

export function historyOf(pool: Pick<Pool, 'usage' | 'onEvent'>): CallHistory {
	return {
		onAttempt: (listener) =>
			pool.onEvent((event) => {
				if (event.type === 'attempt') listener(event.attempt);
			}),
		requestRecords: () => pool.usage().requestRecords(),
	};
}

/** What the chat knows of the pool: beside a view, whether there may be keys that are not known. */
export function poolWithUnread(view: PoolView, unread: () => UnreadKeys | undefined) {
	return {
		...{ snapshot: () => view.snapshot(), unread },
		onDidChange: (listener: () => void) => ({ dispose: view.onDidChange(listener) }),
	};
}

/** What a team's gateway tells, in place of keys; undefined where none is used, or a pause comes first. */
export function gatewayText(view: PoolView, words: Words, clock: Pick<ViewClock, 'now'>): () => Markdown | undefined {
	return () => {
		const [gateway, snapshot] = [view.gateway?.(), view.snapshot()];
		if (!gateway || snapshot.paused) return undefined;
		return gatewayInWords(gateway, outlookOf(gateway, snapshot), words, clock.now());
	};
}
