import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bareSdk } from './bare';
import { keypool } from './keypool';
import { Origin } from './origin';
import type { Peer, Place } from './peer';
import { portkey } from './portkey';

/** By the name that figures give them. */
const peers = {
	Keypool: (place) => Promise.resolve(keypool(place)),
	'Portkey, weighted keys': (place) => portkey(place, 'loadbalance'),
	'Portkey, keys in a row': (place) => portkey(place, 'fallback'),
	'ai-fallback': aiFallback,
	'the origin': (place) => Promise.resolve(new Origin(place)),
	'bare SDK, retries': (place) => Promise.resolve(bareSdk(place, true)),
	'bare SDK': (place) => Promise.resolve(bareSdk(place, false)),
} satisfies Readonly<Record<string, (place: Place) => Promise<Peer>>>;

export type PeerName = keyof typeof peers;

export const peerNames: readonly PeerName[] = Object.keys(peers).filter((name) => isPeerName(name));

function isPeerName(name: string): name is PeerName {
	return Object.hasOwn(peers, name);
}

/** Ready to be asked. */
export function createPeer(name: PeerName, place: Place): Promise<Peer> {
	return peers[name](place);
}

/** Not bundled: its packages are installed beside it, by the benchmark alone. */
async function aiFallback(place: Place): Promise<Peer> {
	const file = path.resolve('test/bench/peers/aiFallback.mjs');
	const { createPeer: create } = (await import(pathToFileURL(file).href)) as {
		readonly createPeer: (place: Place) => Peer;
	};
	return create(place);
}
