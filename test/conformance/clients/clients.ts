import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Origin } from '../../bench/peers/origin';
import type { Peer, Place as PeerPlace } from '../../bench/peers/peer';
import { portkey } from '../../bench/peers/portkey';
import type { Client, Place } from './client';
import { geminiCli } from './geminiCli';
import { keypool } from './keypool';
import type { Need } from './needs';
import { peer } from './peer';

interface Entry {
	/** What it is, for the table's foot. */
	readonly what: string;
	/** What it cannot do, so that scenarios which need it are no matter of right and wrong. */
	readonly lacks: readonly Need[];
	readonly create: (place: Place) => Client | Promise<Client>;
}

/** By the name that the table gives them. */
const clients = {
	Keypool: {
		what: 'the pool of this extension',
		lacks: ['connection'],
		create: keypool,
	},
	'the origin': {
		what: 'the policy that this project began with, line by line (`test/bench/peers/origin.ts`): least recently used key, 60 s after a 429',
		lacks: ['connection', 'fallback', 'models', 'streaming', 'options', 'project', 'whenBroken', 'cancelling'],
		create: (place) => peer((one) => new Origin(one), place),
	},
	Portkey: {
		what: '`@portkey-ai/gateway` 1.15.2, the keys one after the other (`fallback`)',
		lacks: ['connection', 'fallback', 'models', 'options', 'project', 'whenBroken'],
		create: (place) => peer((one) => portkey(one, 'fallback'), place),
	},
	'ai-fallback': {
		what: '`ai-fallback` 3.0.0 over `ai` 7.0.173, one model for each key, as its README shows it',
		lacks: ['connection', 'fallback', 'models', 'options', 'project', 'whenBroken'],
		create: (place) => peer(aiFallback, place),
	},
	'gemini-cli': {
		what: '`@google/gemini-cli` 0.61.0 with `-p` and one key',
		lacks: ['connection', 'keys', 'prompts', 'fallback', 'models', 'options', 'project', 'whenBroken', 'cancelling'],
		create: geminiCli,
	},
} satisfies Readonly<Record<string, Entry>>;

export type ClientName = keyof typeof clients;

export const clientNames: readonly ClientName[] = Object.keys(clients).filter((name) => isClientName(name));

export function isClientName(name: string): name is ClientName {
	return Object.hasOwn(clients, name);
}

export function clientOf(name: ClientName): Entry {
	return clients[name];
}

/** Not bundled: its packages are installed beside it. */
async function aiFallback(place: PeerPlace): Promise<Peer> {
	const file = path.resolve('test/bench/peers/aiFallback.mjs');
	const { createPeer } = (await import(pathToFileURL(file).href)) as {
		readonly createPeer: (place: PeerPlace) => Peer;
	};
	return createPeer(place);
}
