import type { Peer, Place as PeerPlace } from '../../bench/peers/peer';
import type { Client, Place } from './client';

/** One of the benchmark's peers as a client. */
export async function peer(
	create: (place: PeerPlace) => Peer | Promise<Peer>,
	{ baseUrl, brief }: Place,
): Promise<Client> {
	const model = brief.asks[0]?.models[0] ?? '';
	const keys = brief.keys.map(({ secret, project }) => ({ secret, project, weight: 1 }));
	const made = await create({ baseUrl, keys, model });
	return {
		ask: async ({ prompt }, _, signal) => {
			let text = '';
			for await (const piece of made.ask(prompt, signal)) text = 'forget' in piece ? '' : text + piece.text;
			return { text };
		},
		...(made.close && { close: () => made.close?.() ?? Promise.resolve() }),
	};
}
