import { playDay, wholeDay, type Agent, type DayResult } from '../agentDay/day';
import { geminiCliDay } from '../agentDay/geminiCli';
import { keypoolDay } from '../agentDay/keypool';
import { portkeyDay } from '../agentDay/portkey';
import type { World } from '../agentDay/world';
import { sampleOf } from '../measure';
import type { Figure, Row } from '../row';

type Peer = 'Keypool' | 'Portkey, fallback' | 'gemini-cli alone';

const peers: Readonly<Record<Peer, (dollars: number) => Promise<{ readonly agent: Agent; readonly world: World }>>> = {
	Keypool: (dollars) => Promise.resolve(keypoolDay(dollars)),
	'Portkey, fallback': portkeyDay,
	'gemini-cli alone': (dollars) => Promise.resolve(geminiCliDay(dollars)),
};

const none = { atMost: 0 };
const measures: readonly (readonly [of: keyof DayResult, name: string, unit: string, goal?: { atMost: number }])[] = [
	['answered', 'calls answered', ''],
	['needless429s', '429s that a person saw while quota was left', '', none],
	['visible429s', '429s that a person saw', ''],
	['brokenCalls', 'calls that broke off, or ended with another error', ''],
	['minutesWaited', 'waited for first pieces, beyond the service’s 2 s', 'min'],
	['modelChanges', 'answers by another model', '', none],
	['paidTwice', 'input paid for more than once', 'k tokens'],
	['spent', 'paid', '$'],
	['overspent', 'paid beyond the dollar', '$', none],
	['refused', 'calls that the service refused for a quota', ''],
];

export const row: Row = {
	name: 'agentDay',
	what:
		'A day with an agent, in virtual time: four sessions of 60 calls of 40 KB each, in gemini-cli’s form, with a ' +
		'tool that runs for 3 s between two calls. There are three free projects (5 requests a minute, 20 a day) and a ' +
		'paid one that may cost a dollar. Every seven minutes the network cuts all answers for 3 s; every half hour the ' +
		'model is overloaded for 10 s. Keypool is the gateway’s core with its defaults and a budget of a dollar a day. ' +
		'Portkey is its real gateway, which tries one key after the other, the paid one last; it never waits, so the ' +
		'virtual day stands still while it works. gemini-cli is a model of its rules, as measured with version 0.61.0: ' +
		'it waits for a minute’s 429, at least 5 s, and gives up at a day’s. After an error a person acts within a ' +
		'minute: takes gemini-cli’s next key, or sends the call again; a person who is told to retry tomorrow stops. ' +
		'Quota is left while a free project’s day is not used up, or the rest of the dollar pays for the longest answer ' +
		'that the model can give (27 cents, because gemini-cli sets no limit); Keypool leaves that rest unspent.',
	run: async ({ quick }) => {
		const plan = quick ? { ...wholeDay, sessions: 2 } : wholeDay;
		const results = new Map<Peer, DayResult>();
		for (const peer of Object.keys(peers) as Peer[]) {
			const { agent, world } = await peers[peer](plan.dollars);
			results.set(peer, await playDay(agent, world, plan));
		}
		return measures.flatMap(([of, name, unit, goal]) =>
			[...results].map(([peer, result]): Figure => ({
				...{ of: name, by: peer, unit, ...sampleOf([result[of]]) },
				...(goal && peer === 'Keypool' && { goal }),
			})),
		);
	},
};
