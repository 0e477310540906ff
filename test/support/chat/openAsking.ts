import { AnswerLock } from '../../../src/chat/session/answerLock';
import { QuestionController } from '../../../src/chat/session/questionController';
import { QuestionQueue } from '../../../src/chat/session/questionQueue';
import type { Attachment } from '../../../src/chat/model/attachment';
import { PendingAttachments, type ReadFile } from '../../../src/chat/model/pendingAttachments';
import { memoryFolder } from '../../../src/chat/storage/folder';
import { ConversationStore } from '../../../src/chat/storage/conversationStore';
import { ChatSession } from '../../../src/chat/session/session';
import { LeaderElection } from '../../../src/pool/maintenance/leaderElection';
import { createWords } from '../../../src/localization/words';
import { VirtualClock } from '../virtualClock';
import { keyId } from './fixtures';
import { ScriptedAsk, settle } from './scriptedAsk';
import { InMemoryStore } from '../pool/inMemoryStore';

export const code: Attachment = {
	label: 'a.ts, line 3',
	file: 'a.ts',
	language: 'typescript',
	text: 'let a = 1;',
};
export const diff: Attachment = {
	label: 'changes in 2 files',
	file: 'the changes',
	language: 'diff',
	text: '+let a = 1;',
};
const file = { uri: 'file:///b.txt', label: 'b.txt', bytes: 9 };

const problems: Attachment = {
	label: '2 problems',
	file: 'the problems',
	language: 'text',
	text: 'a.ts:1:1 error: no',
};

interface Editor {
	/** What is selected, and what waits to be committed; `nothing`: there is neither. */
	readonly holds?: 'code' | 'nothing';
	readonly read?: ReadFile;
	/** Tokens that the model takes in, where each character is one. */
	readonly takesIn?: number;
	/** What a person says to questions that go. */
	readonly mayDrop?: boolean | (() => Promise<boolean>);
	/** What Git tells, where it takes its time. */
	readonly changes?: () => Promise<Attachment>;
	/** Resolves when the files that a person has chosen are read. */
	readonly reading?: Promise<void>;
}

/** A chat's asking over a real session, with an editor that holds what a test says. */
export function open({
	holds = 'code',
	read = () => Promise.resolve('gone'),
	mayDrop = true,
	takesIn = 9_000_000,
	changes,
	reading = Promise.resolve(),
}: Editor = {}) {
	/** What a question may not hold. */
	let refused: string | undefined;
	/** How many questions a person was asked to drop. */
	const dropped: number[] = [];
	const script = new ScriptedAsk();
	const troubles: unknown[] = [];
	const onError = (error: unknown) => troubles.push(error);
	let ids = 0;
	const newId = (): string => `id-${++ids}`;
	const clock = new VirtualClock(0);
	const folder = memoryFolder();
	const library = new ConversationStore({
		folder: () => folder,
		now: clock.wall,
		onTrouble: (what) => troubles.push(what),
		onRemoved: (id) => queue.forget(id),
	});
	const store = new InMemoryStore(clock);
	const session = new ChatSession({
		answering: new AnswerLock(new LeaderElection(store, clock, 'this window'), onError),
		ask: script.ask,
		labelOf: (key) => key,
		clock,
		newId,
		onError,
		library,
		inputLimit: () => 1_000_000,
		weigh: () => 1,
	});
	const draft = new PendingAttachments(newId, onError);
	const held = <T>(value: T) => Promise.resolve(holds === 'nothing' ? undefined : value);
	const queue: QuestionQueue = new QuestionQueue(session, (id) => asking.askQueued(id), onError);
	const asking: QuestionController = new QuestionController({
		session,
		draft,
		queue,
		newId,
		editor: {
			selection: () => held(code),
			changes: changes ?? (() => held(diff)),
			problems: () => held(problems),
			findFiles: () => Promise.resolve([]),
			pickFile: (uri) => Promise.resolve(uri === file.uri ? file : undefined),
			openFile: () => Promise.resolve(),
			pickFiles: () => Promise.resolve(() => reading.then(() => [file])),
			readFile: read,
			insert: () => Promise.resolve(),
			apply: () => Promise.resolve(),
			newFile: () => Promise.resolve(),
		},
		mayDrop: (turns) => {
			dropped.push(turns);
			return typeof mayDrop === 'function' ? mayDrop() : Promise.resolve(mayDrop);
		},
		words: createWords(
			(text, ...values) => text.replace(/\{(\d)\}/g, (_, i: string) => String(values[Number(i)])),
			{ language: 'en' },
			clock.wall,
		),
		excessOf: ({ text }) => (text.length > takesIn ? { size: text.length, limit: takesIn, model: 'flash' } : undefined),
		mayBeSent: (question) => Promise.resolve(refused === undefined || !JSON.stringify(question).includes(refused)),
		onError: (error) => troubles.push(error),
	});
	/** What the model was sent last, as text. */
	const sent = (): string => {
		const parts = script.last.prompt.turns.at(-1)?.content ?? [];
		return parts.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n');
	};
	/** Another window answers the turn. */
	const answeredElsewhere = (turn: string) =>
		store.transact((tx, now) =>
			tx.put({
				kind: 'leader',
				id: `answer:${session.conversation.id}/${turn}`,
				doc: { v: 2, holder: 'another window', expiresAt: now + 3_000 },
			}),
		);
	const finish = async () => {
		script.last.send({
			type: 'done',
			attempt: 1,
			finishReason: 'STOP',
			on: { key: keyId('k'), model: 'flash' },
			attempts: [],
		});
		script.last.end();
		await settle();
	};
	const refuse = (text: string): void => void (refused = text);
	return {
		asking,
		queue,
		draft,
		session,
		refuse,
		script,
		sent,
		troubles,
		library,
		folder,
		dropped,
		answeredElsewhere,
		finish,
	};
}
