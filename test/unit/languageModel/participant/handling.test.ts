import assert from 'node:assert/strict';
import type { FilePiece } from '../../../../src/common/fenced';
import type { Piece, Prompt } from '../../../../src/gemini/gemini';
import type * as participants from '../../../../src/languageModel/participant/participant';
import { PoolError, type KeyId, type PoolStream, type StreamPart } from '../../../../src/pool/pool';
import { plain, type Markdown } from '../../../../src/ui/markdown';
import { Address, ChatRequestTurn, ChatResponseMarkdownPart, ModelEditor } from '../../../support/languageModel/editor';
import { flash } from '../../../support/simulator/stand';
import { iconsIn, linksIn } from '../../../support/ui/attackText';
import { keyView, noon, snapshotOf, standings, words } from '../../../support/views/snapshots';

const { Participant } = new ModelEditor().read('../languageModel/participant/participant') as typeof participants;
type Handle = Parameters<InstanceType<typeof Participant>['handle']>;

const on = { key: 'one' as KeyId, model: flash };
const attack = '[View](command:workbench.action.quit) ![x](https://evil.invalid/a.png) $(key)';
const done: StreamPart<Piece> = { type: 'done', attempt: 1, finishReason: 'STOP', on, attempts: [] };

/** A question in the chat: what was asked, what was shown, and how it ended. */
async function handled(
	script: readonly (StreamPart<Piece> | PoolError)[],
	{
		history = [] as readonly unknown[],
		label = 'One',
		command = '',
		prompt = 'Why?',
		canRead = true,
		hasKeys = undefined as boolean | undefined,
		isStopped = false,
		maySend = true,
		references = [] as readonly object[],
		code = undefined as FilePiece | undefined,
		gateway = undefined as Markdown | undefined,
	} = {},
) {
	const asked: Prompt[] = [];
	let stop = (): void => undefined;
	const stoppable = {
		isCancellationRequested: false,
		onCancellationRequested: (listener: () => void) => ((stop = listener), { dispose: () => undefined }),
	};
	const shown = {
		markdown: [] as string[],
		progress: [] as string[],
		references: [] as string[],
		buttons: [] as string[],
	};
	const stream: PoolStream<Piece> = {
		attempts: [],
		useModel: () => undefined,
		async *[Symbol.asyncIterator]() {
			await Promise.resolve();
			for (const part of script) {
				if (part instanceof PoolError && isStopped) stop();
				if (part instanceof PoolError) throw part;
				yield part;
			}
		},
	};
	const participant = new Participant({
		ask: (prompt) => {
			if (typeof prompt !== 'function') asked.push(prompt);
			return stream;
		},
		list: { modelOf: (id) => id },
		waits: { words, now: () => noon },
		labelOf: () => label,
		snapshot: () => snapshotOf((hasKeys ?? canRead) ? [keyView('One', standings.usable)] : []),
		gateway: () => gateway,
		readKeys: () => Promise.resolve(canRead),
		mayBeSent: () => Promise.resolve(maySend),
		readFile: () => Promise.resolve('gone'),
		selection: () => Promise.resolve(code),
		newId: () => 'id',
		report: (error) => assert.fail(String(error)),
	});
	const request: object = { command, prompt, references, toolReferences: [], model: { vendor: 'other', id: 'x' } };
	const response: object = {
		markdown: (text: string) => shown.markdown.push(text),
		progress: (text: string) => shown.progress.push(text),
		reference: ({ text }: Address) => shown.references.push(text),
		button: ({ title }: { title: string }) => shown.buttons.push(title),
	};
	const context: object = { history };
	const result = await participant.handle(
		request as Handle[0],
		context as Handle[1],
		response as Handle[2],
		stoppable as Handle[3],
	);
	return { asked, shown, result };
}

describe('a question to @keypool', () => {
	const answered = {
		participant: 'keypool.participant',
		response: [new ChatResponseMarkdownPart('Because.'), new ChatResponseMarkdownPart('\n\n---\n\nby One')],
		result: { metadata: { footer: '\n\n---\n\nby One' } },
	};

	it('shows names and messages as text: VS Code reads Markdown in both progress and errors', async () => {
		const waiting: StreamPart<Piece> = { type: 'waiting', on, reason: 'rpm', inMs: 60_000, ahead: 0 };
		const { shown } = await handled([waiting, done], { label: attack });
		assert.equal(shown.progress.length, 1);
		for (const text of shown.progress) assert.deepEqual([linksIn(text), iconsIn(text)], [[], []]);
		const facts = { size: 2, limit: 1, model: attack };
		const { result } = await handled([new PoolError('promptTooLong', [], facts)]);
		const message = result.errorDetails?.message ?? '';
		assert.match(message, /evil\.invalid/);
		assert.deepEqual([linksIn(message), iconsIn(message)], [[], []]);
	});

	it('offers a key and the simulator where there is none; one that is known answers, although it cannot be read anew', async () => {
		const none = await handled([done], { hasKeys: false });
		assert.deepEqual([none.shown.buttons, none.asked], [['Add Key', 'Try the Simulator'], []]);
		const known = await handled([done], { canRead: false, hasKeys: true });
		assert.deepEqual([known.result.errorDetails, known.asked.length], [undefined, 1]);
	});

	it('names below the answer what it rests on, as the chat does: a search that the setting asks for told nobody its sources', async () => {
		const found = (...sources: readonly { title: string; uri: string }[]): StreamPart<Piece> => ({
			type: 'output',
			attempt: 1,
			value: { type: 'grounding', queries: ['why blue'], sources },
		});
		const [sky, odd, hostless] = [
			{ title: 'Sky & light', uri: 'https://sky.invalid/%C3%A4?a=1' },
			{ title: attack, uri: 'command:workbench.action.quit' },
			// The editor's Uri.parse throws at it.
			{ title: 'No host', uri: 'https:////sky.invalid' },
		];
		const said: StreamPart<Piece> = { type: 'output', attempt: 1, value: { type: 'text', text: 'Because.' } };
		const { shown, result } = await handled([said, found(sky), found(sky, odd, hostless), done]);
		const line = shown.markdown.at(-1) ?? '';
		assert.match(line, /^\n\n\*\*Sources\*\*\n\nSearched for.*why blue\n\n1\. Sky .*\n2\. .*\n3\. No host\n\n---\n\n/);
		assert.deepEqual([linksIn(line), iconsIn(line)], [[], []]);
		assert.deepEqual(shown.references, [sky.uri]);
		assert.equal(result.metadata?.['footer'], line, 'it is no part of what was said');
		assert.ok(!(await handled([said, done])).shown.markdown.join('').includes('Sources'));
	});

	it('says that nothing was sent where a person does not want their key to be: the answer stays in the chat, and was empty', async () => {
		const { asked, result } = await handled([done], { maySend: false });
		assert.deepEqual(
			[asked, result],
			[[], { errorDetails: { message: 'Nothing was sent: the text contains one of your keys.' } }],
		);
	});

	it('says that the keys are locked where they are, and not that there is none', async () => {
		for (const command of ['', 'status']) {
			const { asked, result, shown } = await handled([done], { canRead: false, command });
			assert.ok(result.errorDetails?.message.startsWith(words.describeReason('keysLocked').text), command);
			assert.deepEqual([asked, shown.markdown], [[], []]);
		}
	});

	it('tells how a team’s gateway stands where that answers: what it counts as here is one key, which may seem usable', async () => {
		const own = (await handled([done], { command: 'status' })).shown;
		assert.match(own.markdown.join(''), /^1 of 1 key can answer/);
		const told = plain('Team gateway kp.example: paused by whoever runs it');
		const { shown } = await handled([done], { command: 'status', gateway: told });
		assert.deepEqual([own.buttons, shown.markdown, shown.buttons], [['Show Keys'], [told], ['Show the Gateway']]);
	});

	it('goes with what was said here before, without our own line', async () => {
		const history = [new ChatRequestTurn('keypool.participant', 'What?'), answered];
		const { asked } = await handled([done], { history });
		assert.deepEqual(
			asked[0]?.turns.map(({ content }) => content.map((one) => (one.type === 'text' ? one.text : one.type)).join()),
			['What?', 'Because.', 'Why?'],
		);
	});

	it('says under its answer how many earlier ones did not go along with it: a file that came with them is no longer known', async () => {
		const long = { ...answered, response: [new ChatResponseMarkdownPart('x'.repeat(399_990))] };
		const one = [new ChatRequestTurn('keypool.participant', 'What is in this file?'), long];
		const two = [new ChatRequestTurn('keypool.participant', 'And then?'), long];
		const line = async (history: readonly unknown[]): Promise<string> =>
			(await handled([done], { history })).shown.markdown.join('');
		assert.doesNotMatch(await line(two), /sent along/);
		assert.match(await line([...one, ...two]), / · the first question here was not sent along$/);
		assert.match(await line([...one, ...one, ...two]), / · the first 2 questions here were not sent along$/);
	});

	it('keeps which question an answer is to that was stopped, or that broke off: who says “go on” means its code, too', async () => {
		const piece: StreamPart<Piece> = { type: 'output', attempt: 1, value: { type: 'text', text: 'It' } };
		const broken = await handled([piece, new PoolError('cutStream', [])]);
		assert.deepEqual(broken.result.metadata, { sent: 'id', failed: 'cutStream' });
		const stopped = await handled([piece, new PoolError('cancelled', [])], { isStopped: true });
		assert.deepEqual(stopped.result, { metadata: { sent: 'id' } });
	});

	it('sends no command that there is no code for, neither beside it nor in what was said before', async () => {
		const { asked, result } = await handled([done], { command: 'explain', prompt: '' });
		assert.deepEqual(asked, []);
		assert.equal(result.errorDetails?.message, 'Nothing was sent: there is nothing for /explain to work on.');
		const said = [new ChatRequestTurn('keypool.participant', 'Write a loop.'), answered];
		for (const given of [{ prompt: 'for (;;);' }, { prompt: '', history: said }]) {
			assert.equal((await handled([done], { command: 'explain', ...given })).asked.length, 1);
		}
	});

	it('takes no other code in place of a file that was added and may not go: a person has just said no to it', async () => {
		const code = { file: 'open.ts', language: 'ts', text: 'open()' };
		const given = { command: 'explain', prompt: '', code };
		const { asked, result } = await handled([done], { ...given, references: [{ id: 'x', value: new Address() }] });
		assert.deepEqual(asked, []);
		assert.equal(result.errorDetails?.message, 'Nothing was sent: there is nothing for /explain to work on.');
		assert.equal((await handled([done], given)).asked.length, 1);
	});
});
