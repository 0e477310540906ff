import assert from 'node:assert/strict';
import { Asking } from '../../../src/chat/asking';
import type { Attachment } from '../../../src/chat/attachment';
import { Draft, type ReadFile } from '../../../src/chat/draft';
import { memoryFolder } from '../../../src/chat/folder';
import { Library } from '../../../src/chat/library';
import { Session } from '../../../src/chat/session';
import { VirtualClock } from '../virtualClock';
import { keyId } from './fixtures';
import { ScriptedAsk, settle } from './scriptedAsk';

const code: Attachment = { label: 'a.ts, line 3', file: 'a.ts', language: 'typescript', text: 'let a = 1;' };
const diff: Attachment = { label: 'changes in 2 files', file: 'the changes', language: 'diff', text: '+let a = 1;' };
const file = { uri: 'file:///b.txt', label: 'b.txt', bytes: 9 };

interface Editor {
	/** What is selected, and what waits to be committed; `nothing`: there is neither. */
	readonly holds?: 'code' | 'nothing';
	readonly read?: ReadFile;
}

/** A chat's asking over a real session, with an editor that holds what a test says. */
function open({ holds = 'code', read = () => Promise.resolve('gone') }: Editor = {}) {
	const script = new ScriptedAsk();
	const troubles: unknown[] = [];
	let ids = 0;
	const newId = (): string => `id-${++ids}`;
	const clock = new VirtualClock(0);
	const folder = memoryFolder();
	const library = new Library({ folder: () => folder, now: clock.wall, onTrouble: (what) => troubles.push(what) });
	const session = new Session({
		ask: script.ask,
		labelOf: (key) => key,
		clock,
		newId,
		library,
		inputLimit: () => 1_000_000,
		weigh: () => 1,
	});
	const draft = new Draft(newId);
	const held = <T>(value: T) => Promise.resolve(holds === 'nothing' ? undefined : value);
	const asking = new Asking({
		session,
		draft,
		editor: {
			selection: () => held(code),
			changes: () => held(diff),
			pickFiles: () => Promise.resolve([file]),
			readFile: read,
			insert: () => Promise.resolve(),
			apply: () => Promise.resolve(),
			newFile: () => Promise.resolve(),
		},
		t: (text, ...values) => text.replace(/\{(\d)\}/g, (_, i: string) => String(values[Number(i)])),
		onError: (error) => troubles.push(error),
	});
	/** What the model was sent last, as text. */
	const sent = (): string => {
		const parts = script.last.prompt.turns.at(-1)?.content ?? [];
		return parts.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n');
	};
	return { asking, draft, session, script, sent, troubles };
}

describe('Asking in the chat', () => {
	const wishes = {
		explain: /^Explain this code\./,
		fix: /^Find what is wrong with this code and fix it\./,
		tests: /^Write tests for this code\./,
		doc: /^Document this code/,
	};
	for (const [name, wish] of Object.entries(wishes)) {
		it(`/${name} sends its wish, what was written after it, and the code in front`, async () => {
			const { asking, sent } = open();
			await asking.send(`/${name} in a few words`);
			assert.match(sent(), wish);
			assert.match(sent(), /in a few words[^]*a\.ts[^]*let a = 1;/);
		});
	}

	it('/commit sends what waits to be committed, not the code in front', async () => {
		const { asking, sent } = open();
		await asking.send('/commit');
		assert.match(sent(), /^Write a commit message for these changes[^]*\+let a = 1;/);
		assert.doesNotMatch(sent(), /a\.ts/);
	});

	it('a command works on what was attached where something was', async () => {
		const { asking, draft, sent } = open({ holds: 'nothing' });
		draft.addCode(code);
		await asking.send('/explain');
		assert.match(sent(), /let a = 1;/);
		assert.deepEqual(draft.chips, []);
	});

	it('a command without anything to work on says so and sends nothing; a word that is none of ours is a question', async () => {
		const { asking, script, sent } = open({ holds: 'nothing' });
		await assert.rejects(asking.send('/fix'), /Nothing was sent: there is nothing for \/fix to work on\./);
		assert.equal(script.requests.length, 0);
		await asking.send('/etc/hosts is what?');
		assert.equal(sent(), '/etc/hosts is what?');
	});

	it('a file that is gone is taken off, one that cannot go stays; neither lets the question go without it', async () => {
		for (const [found, said, chips] of [
			['gone', /b\.txt does not exist any more and was taken off\. Nothing was sent\./, 0],
			['unfit', /b\.txt cannot go along\. Nothing was sent/, 1],
		] as const) {
			const { asking, draft, script } = open({ read: () => Promise.resolve(found) });
			await asking.attach('files');
			await assert.rejects(asking.send('What is this?'), said);
			assert.equal(draft.chips.length, chips);
			assert.equal(script.requests.length, 0);
		}
	});

	it('a file is read when the question is sent', async () => {
		let text = 'old';
		const { asking, sent } = open({
			read: () => Promise.resolve({ label: 'b.txt', file: 'b.txt', language: 'plaintext', text }),
		});
		await asking.attach('files');
		text = 'new';
		await asking.send('What is this?');
		assert.match(sent(), /b\.txt[^]*new/);
	});

	it('a picture goes along', async () => {
		const { asking, sent } = open();
		asking.attachPicture({ type: 'attachPicture', label: 'shot.png', mimeType: 'image/png', data: 'AAAA' });
		await asking.send('What is on it?');
		assert.match(sent(), /\[image\]$/);
	});

	it('at most twenty things go along, and the next one is refused in words', async () => {
		const { asking, draft } = open();
		for (let n = 0; n < 20; n++) await asking.attach('selection');
		await assert.rejects(asking.attach('selection'), /At most 20 things go along with one question\./);
		assert.equal(draft.chips.length, 20);
	});

	it('a question beyond every limit is refused in words, also one that is written anew; one of blanks is none', async () => {
		const { asking, script, session } = open();
		const long = 'x'.repeat(1_000_001);
		await assert.rejects(asking.send(long), /The question has 1000001 characters; at most 1000000 can be sent/);
		await asking.send(' \n');
		assert.equal(script.requests.length, 0);
		await asking.send('short');
		script.last.send({
			type: 'done',
			attempt: 1,
			finished: 'STOP',
			on: { key: keyId('k'), model: 'flash' },
			trail: [],
		});
		script.last.end();
		await settle();
		const [turn] = session.conversation.turns;
		assert.throws(() => asking.edit(turn?.id ?? '', long), /at most 1000000 can be sent/);
		assert.equal(script.requests.length, 1);
	});

	it('one question at a time: a second one waits for a person to stop the first, and loses nothing of its draft', async () => {
		const { asking, draft, script } = open();
		await asking.send('first');
		draft.addCode(code);
		await assert.rejects(asking.send('second'), /An answer is still running\. Stop it first\./);
		assert.equal(draft.chips.length, 1);
		assert.equal(script.requests.length, 1);
	});
});
