import { AnswerLock } from '../../../src/chat/session/answerLock';
import { ConversationSync } from '../../../src/chat/session/conversationSync';
import { memoryFolder, type Folder } from '../../../src/chat/storage/folder';
import { ConversationStore } from '../../../src/chat/storage/conversationStore';
import { ChatSession } from '../../../src/chat/session/session';
import type { ChatSessionChange } from '../../../src/chat/session/sessionChange';
import { LeaderElection } from '../../../src/pool/maintenance/leaderElection';
import { VirtualClock } from '../virtualClock';
import { attempt, keyId, question } from './fixtures';
import { ScriptedAsk } from './scriptedAsk';
import { InMemoryStore } from '../pool/inMemoryStore';

let windows = 0;

/** What the windows of a machine share. */
class Machine {
	readonly clock = new VirtualClock();
	readonly store = new InMemoryStore(this.clock);
}

interface Opened {
	readonly folder?: Folder;
	/** The conversation to go on with. */
	readonly id?: string;
	readonly machine?: Machine;
}

/** A session over a folder; a second one over the same folder is another window, or the next one. */
export async function open({ folder = memoryFolder(), id = '', machine = new Machine() }: Opened = {}) {
	const script = new ScriptedAsk();
	const changes: ChatSessionChange[] = [];
	const troubles: string[] = [];
	const timers: (() => void)[] = [];
	let now = 1_000;
	let ids = 0;
	// In the order of their opening, also by their names.
	const name = `w${String(++windows).padStart(3, '0')}`;
	const library = new ConversationStore({
		folder: () => folder,
		now: () => now,
		onTrouble: (what) => troubles.push(what),
	});
	const onError = (error: unknown) => troubles.push(String(error));
	const election = new LeaderElection(machine.store, machine.clock, name);
	const answering = new AnswerLock(election, onError);
	const session = new ChatSession({
		ask: script.ask,
		labelOf: (key) => key,
		clock: {
			wall: () => (now += 100),
			monotonic: () => now,
			after: (_ms, run) => {
				timers.push(run);
				return () => void timers.splice(timers.indexOf(run), timers.includes(run) ? 1 : 0);
			},
		},
		newId: () => `${name}-${++ids}`,
		library,
		answering,
		current: await library.open(id),
		inputLimit: (model) => (model === 'small' ? 3 : 1_000_000),
		weigh: ({ turns }) => turns.length,
		onError,
	});
	session.onDidChange((change) => changes.push(change));
	const catchingUp = new ConversationSync(session, answering, machine.clock, onError);
	return {
		session,
		script,
		changes,
		troubles,
		timers,
		/** As a correction of the system's time does. */
		turnBack: (ms: number) => void (now -= ms),
		folder,
		library,
		machine,
		catchingUp,
	};
}

const attempts = [attempt('busy', 'rpm'), attempt('good', 'answered')];
export const doneBy = {
	type: 'done',
	attempt: 2,
	finishReason: 'STOP',
	on: { key: keyId('good'), model: 'flash' },
	attempts,
} as const;

export type OpenSession = Awaited<ReturnType<typeof open>>;

export const ended = async (opened: OpenSession, text: string) => {
	const asked = opened.session.ask(question(text));
	opened.script.last.text(`answer to ${text}`);
	opened.script.last.send(doneBy);
	opened.script.last.end();
	await asked;
	await opened.library.flush();
};
export const answerIn = ({ session }: OpenSession) => session.conversation.turns[0]?.answer;
export const questions = ({ session }: OpenSession) => session.conversation.turns.map(({ question: { text } }) => text);
