import { model } from '../ledgers';
import { sessionsOf, type AgentCall } from './sessions';
import { latencyMs, type World } from './world';

/** What a person at the agent sees of one call. */
export type Seen =
	| {
			readonly state: 'answered';
			readonly model: string;
			/** Tokens of the answer. */
			readonly output: number;
			/** ms of the clock at which its first piece came. */
			readonly firstAt: number;
	  }
	/** `status` 429 is what this is about; a broken stream has none. */
	| {
			readonly state: 'failed';
			readonly status?: number;
			/** ms, where the client was told when to come again. */
			readonly retryAfterMs?: number;
	  };

export interface Agent {
	/** Makes one call, with all that the client does by itself before a person hears of it. */
	ask(call: AgentCall): Promise<Seen>;
	/** A person sees that it failed: does what helps, such as taking the next key. */
	mend?(seen: Seen): void;
	close?(): Promise<void>;
}

export interface DayResult {
	/** Calls that came to an answer. */
	readonly answered: number;
	readonly visible429s: number;
	/** Of these while some project still had quota. */
	readonly needless429s: number;
	readonly brokenCalls: number;
	readonly minutesWaited: number;
	readonly modelChanges: number;
	/** Thousands of input tokens that the paid project read beyond once for each of its answers. */
	readonly paidTwice: number;
	readonly spent: number;
	readonly overspent: number;
	/** Calls that the service refused, whoever saw it. */
	readonly refused: number;
}

export interface DayPlan {
	readonly sessions: number;
	/** Of each session. */
	readonly calls: number;
	/** Of the paid project. */
	readonly dollars: number;
}

export const wholeDay: DayPlan = { sessions: 4, calls: 60, dollars: 1 };
/** ms of a tool between two calls. */
const toolMs = 3_000;
/** ms between two sessions. */
const pauseMs = 20 * 60_000;
/** ms until a person has seen an error and acts. */
const personMs = 60_000;
/** ms. Who is told to come again later than that stops for the day. */
const longestRetryMs = 3_600_000;
/** The service writes on where nobody hears it any more: so long, in tokens, is what is paid then. */
const unheardTokens = 2_000;
/** How often a person sends one call at most: then it is enough for the day. */
const patience = 5;

/** A day of one person with one agent: session after session, call after call. */
export async function playDay(
	agent: Agent,
	world: World,
	{ sessions, calls }: Pick<DayPlan, 'sessions' | 'calls'>,
): Promise<DayResult> {
	const { clock } = world;
	const sum = {
		answered: 0,
		visible429s: 0,
		needless429s: 0,
		brokenCalls: 0,
		waited: 0,
		modelChanges: 0,
		paidTwice: 0,
	};
	const one = async (call: AgentCall): Promise<boolean> => {
		const began = clock.wall();
		const before = world.paidTokens();
		for (let n = 0; n < patience; n++) {
			const seen = await agent.ask(call);
			if (seen.state === 'answered') {
				world.noteOutput(seen.output);
				sum.answered++;
				sum.waited += Math.max(0, seen.firstAt - began - latencyMs);
				if (seen.model !== model) sum.modelChanges++;
				const last = world.service.log.findLast(({ outcome }) => outcome === 'answered');
				sum.paidTwice += world.paidTokens() - before - (last?.project === 'paid' ? last.inputTokens : 0);
				return true;
			}
			if (seen.status === 429) {
				sum.visible429s++;
				if (world.hasQuota(tokensOf(call))) sum.needless429s++;
				if ((seen.retryAfterMs ?? 0) > longestRetryMs) return false;
			} else {
				sum.brokenCalls++;
				if (seen.status === undefined) world.noteOutput(unheardTokens);
			}
			agent.mend?.(seen);
			await clock.advance(personMs);
		}
		return false;
	};
	try {
		day: for (const session of sessionsOf(sessions, calls)) {
			for (const call of session) {
				if (!(await one(call))) break day;
				await clock.advance(toolMs);
			}
			await clock.advance(pauseMs);
		}
	} finally {
		await agent.close?.();
	}
	const { waited, paidTwice, ...counts } = sum;
	return {
		...counts,
		minutesWaited: waited / 60_000,
		paidTwice: paidTwice / 1_000,
		spent: world.spent(),
		overspent: Math.max(0, world.spent() - world.dollars),
		refused: world.refused(),
	};
}

/** At the most: no token is shorter than a byte. */
function tokensOf(call: AgentCall): number {
	return JSON.stringify(call).length;
}
