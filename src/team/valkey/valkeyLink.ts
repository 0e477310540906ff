import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'iovalkey';
import { loadValkey, sha1 } from '../../node/valkey';
import { within, type Clock, type Room } from '../../pool/pool';
import {
	TeamError,
	type OpenTeamLink,
	type TeamCommit,
	type TeamLink,
	type TeamLinkEvents,
	type TeamReply,
} from '../link/link';
import { asTeamError } from './asTeamError';
import { parseReply } from './parseReply';
import { feedOf, keysOf, schema, script } from './script';
import type { TeamServer } from './server';

/** ms. An answer that takes longer is none. */
const usualDeadlineMs = 1_500;
/** ms. The same for signing in, which takes several round trips. */
const openMs = 5_000;
/** ms. A sentinel that takes longer is passed over, by each of the two connections: two of five may be silent within `openMs`. */
const sentinelMs = 1_000;
/** The first version with users and rights. */
const oldestVersion = 6;

export interface ValkeyParts {
	readonly server: TeamServer;
	readonly team: string;
	/** Names this machine to the team; says nothing else. */
	readonly machine: string;
	readonly newId: () => string;
	readonly clock: Pick<Clock, 'after'>;
	/** ms after which an answer is none, where that is not the usual; signing in takes as long at least. */
	readonly deadlineMs?: number;
}

type Client = Redis | Cluster;

const most = 1e15;

/** A team on a Valkey or Redis server. */
export const valkeyLink =
	(parts: ValkeyParts): OpenTeamLink =>
	async (events) => {
		const clients: Client[] = [];
		const errors: unknown[] = [];
		let isClosed = false;
		const close = (): void => {
			isClosed = true;
			// Of a connection that has ended the client waits 2 s for the end again, and keeps the process alive meanwhile.
			for (const client of clients) if (client.status !== 'end') client.disconnect();
		};
		const connect = async (): Promise<Client> => {
			const client = await createClient(parts.server);
			// Reading the client's code has taken longer than anybody waits.
			if (isClosed) throw new TeamError('unreachable');
			clients.push(client);
			// Without a listener the client writes to the console.
			client.on('error', (error: unknown) => errors.push(error));
			client.on('node error', (error: unknown) => errors.push(error));
			await client.connect();
			return client;
		};
		try {
			return await inTime(parts.clock, Math.max(openMs, parts.deadlineMs ?? 0), async () => {
				const commands = await connect();
				await checkServer(commands, parts.server.kind);
				const feed = await connect();
				const link = new ValkeyLink(parts, commands, close);
				await follow(feed, parts.team, events);
				// Where one is not let in, it is the default user's until the client ends it, and may have been answered.
				const refused = errors.map(asTeamError).find(({ trouble }) => trouble === 'wrongPassword');
				if (refused) throw refused;
				for (const client of [commands, feed]) {
					client.on('end', () => events.onLost(asTeamError(errors.at(-1) ?? new TeamError('unreachable'))));
				}
				return link;
			});
		} catch (error) {
			close();
			// What the server said says more than that the connection is closed.
			const said = [error, ...errors].map(asTeamError);
			const told = said.find(({ trouble }) => trouble !== 'unreachable');
			throw told ?? (await certificateError(parts.server)) ?? asTeamError(error);
		}
	};

class ValkeyLink implements TeamLink {
	private readonly sha = sha1(script);
	private readonly keys: readonly string[];
	private readonly deadlineMs: number;

	constructor(
		private readonly parts: ValkeyParts,
		private readonly client: Client,
		readonly close: () => void,
	) {
		this.keys = keysOf(parts.team);
		this.deadlineMs = parts.deadlineMs ?? usualDeadlineMs;
	}

	read(store: string | undefined, since: number): Promise<TeamReply> {
		return this.run([store ?? '', String(since), '']);
	}

	commit({ id, heard = [], store, reads, writes, additions = [] }: TeamCommit): Promise<TeamReply> {
		const read = [...reads].flatMap(([name, { version, room }]) => [name, version, ...roomOf(room)]);
		const written = writes.flatMap(({ name, body }) => [name, body === undefined ? '0' : '1', body ?? '']);
		const added = additions.flatMap(({ name, event, ...taken }) => [name, '+', [...roomOf(taken), event].join(' ')]);
		return this.run([store, '0', id, heard.join(' '), String(reads.size), ...read, ...written, ...added]);
	}

	async hasCommitted(id: string): Promise<boolean> {
		try {
			return (
				(await inTime(this.parts.clock, this.deadlineMs, () => this.client.zscore(this.keys[4] ?? '', id))) !== null
			);
		} catch (error) {
			throw asTeamError(error);
		}
	}

	private async run(args: readonly string[]): Promise<TeamReply> {
		const { machine, newId, team, clock } = this.parts;
		const all = [String(this.keys.length), ...this.keys, schema, machine, newId(), feedOf(team), ...args];
		try {
			return parseReply(await inTime(clock, this.deadlineMs, () => this.evaluate(all)));
		} catch (error) {
			throw asTeamError(error);
		}
	}

	private async evaluate(args: readonly string[]): Promise<unknown> {
		try {
			return await this.client.call('evalsha', [this.sha, ...args]);
		} catch (error) {
			// A server that has been started anew knows no script.
			if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
			return this.client.call('eval', [script, ...args]);
		}
	}
}

/** Whole numbers; more than there can be in place of what has no bound. */
function roomOf(room: Room | undefined): readonly string[] {
	if (!room) return ['', ''];
	return [room.requests, room.input].map((count) => String(Math.floor(Math.min(count, most))));
}

async function checkServer(client: Client, kind: TeamServer['kind']): Promise<void> {
	const info = await client.info();
	const valueOf = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
	if ((valueOf('loading') ?? '0') !== '0') throw new TeamError('loading');
	if (Number.parseInt(valueOf('redis_version') ?? '0', 10) < oldestVersion) throw new TeamError('oldServer');
	// It answers hardly anything; a client of sentinels is told by them where the primary is.
	if ((valueOf('server_mode') ?? valueOf('redis_mode')) === 'sentinel') throw new TeamError('otherKind');
	// The primary of sentinels can be a replica by now, before they have seen it: it is read, and takes no write.
	if (kind === 'sentinel' && valueOf('role') !== 'master') throw new TeamError('readOnly');
	// Where the memory has no bound, nothing is dropped.
	if (valueOf('maxmemory') !== '0' && valueOf('maxmemory_policy') !== 'noeviction') throw new TeamError('evicts');
}

/** Of the nodes of a cluster, and of sentinels, the client says of any trouble with TLS that their connection is closed. */
async function certificateError({ kind, nodes, tls, authorities }: TeamServer): Promise<TeamError | undefined> {
	if (!tls || (kind !== 'cluster' && kind !== 'sentinel')) return undefined;
	const errorsOf = async (node: TeamServer['nodes'][number]): Promise<readonly TeamError[]> => {
		const errors: TeamError[] = [];
		const client = await createClient({ kind: 'single', nodes: [node], tls, authorities });
		client.on('error', (error: unknown) => errors.push(asTeamError(error)));
		try {
			await client.connect();
			client.disconnect();
		} catch {
			// The listener has heard why.
		}
		return errors;
	};
	const found = await Promise.all(nodes.map(errorsOf));
	return found.flat().find(({ trouble }) => trouble === 'certificate');
}

async function follow(feed: Client, team: string, events: TeamLinkEvents): Promise<void> {
	feed.on('message', (_: string, rev: string) => {
		if (/^\d{1,16}$/.test(rev)) events.onHint(Number(rev));
	});
	await feed.subscribe(feedOf(team));
}

async function createClient({ kind, nodes, primary, path, ...server }: TeamServer): Promise<Client> {
	const { Redis, Cluster } = await loadValkey();
	const tls = server.tls ? { tls: server.authorities === undefined ? {} : { ca: server.authorities } } : {};
	const common: RedisOptions = {
		...(server.user !== undefined && { username: server.user }),
		...(server.password !== undefined && { password: server.password }),
		...tls,
		// A step must know at once that the server is away; coming back is ours.
		...{ lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0 },
		...{ retryStrategy: () => null, autoResubscribe: false, connectTimeout: usualDeadlineMs, noDelay: true },
		// `checkServer` asks the same. The client would wait in silence for a server that is loading, and write to the console.
		enableReadyCheck: false,
	};
	const lists = nodes.map(({ host, port }) => ({ host, port }));
	switch (kind) {
		case 'socket':
			return new Redis({ ...common, ...(path !== undefined && { path }) });
		case 'single':
			return new Redis({ ...common, ...lists[0] });
		case 'sentinel':
			return new Redis({
				...common,
				sentinels: lists,
				name: primary ?? '',
				sentinelRetryStrategy: () => null,
				// Without it the client would wait for ever for one that has taken the connection, and ask no other.
				sentinelCommandTimeout: sentinelMs,
				...(server.tls && { enableTLSForSentinelMode: true, sentinelTLS: tls.tls }),
			});
		case 'cluster': {
			const { lazyConnect: _, enableOfflineQueue: __, ...ofNode } = common;
			const options: ClusterOptions = {
				...{ lazyConnect: true, enableOfflineQueue: false, clusterRetryStrategy: () => null },
				// Of a cluster that is down the client would wait in silence; so it says so, before the deadline is over.
				...{ enableReadyCheck: false, maxRedirections: 12 },
				redisOptions: ofNode,
				// Certificates name hosts, not addresses.
				...(server.tls && { dnsLookup: (address, done) => done(null, address) }),
			};
			return new Cluster(lists, options);
		}
	}
}

/** Rejects where nothing comes in time. What is asked is not taken back: the server may have done it. */
async function inTime<T>(clock: Pick<Clock, 'after'>, ms: number, ask: () => Promise<T>): Promise<T> {
	const result = await within(clock, ms, ask());
	if (result === 'late') throw new TeamError('unreachable');
	return result;
}
