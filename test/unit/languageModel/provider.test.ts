import assert from 'node:assert/strict';
import type { AskOptions } from '../../../src/ask';
import type { Piece, Prompt } from '../../../src/gemini/gemini';
import type { ModelEntry } from '../../../src/languageModel/models/modelEntries';
import type * as providers from '../../../src/languageModel/provider';
import { untilAborted, type KeyId, type PoolStream, type StreamPart } from '../../../src/pool/pool';
import { flash } from '../../support/simulator/stand';
import {
	assistant,
	DataPart,
	said,
	system,
	ToolCallPart,
	ToolResultPart,
	user,
} from '../../support/languageModel/classes';
import { ModelEditor, neverCancelled } from '../../support/languageModel/editor';
import { noon, words } from '../../support/views/snapshots';

const editor = new ModelEditor();
const { Provider } = editor.read('../languageModel/provider') as typeof providers;

/** A part of an answer, or how it ends. */
type Script = 'answer' | 'refused meanwhile' | Error;

/** The provider before a door whose far side is a script. */
class Stand {
	readonly asked: { prompt: Prompt; promptFor: (model: string) => Prompt; options: AskOptions }[] = [];
	readonly reported: unknown[] = [];
	/** The texts that were looked through for keys, oldest first. */
	readonly searched: string[] = [];
	/** Texts with this in them hold a key. */
	key = 'sim-held-key';
	maySend = true;
	isAllowed = true;
	readonly refusal = new AbortController();
	script: Script = 'answer';
	/** What comes before that. */
	says: readonly StreamPart<Piece>[] = [];
	/** ms, of each wait. */
	readonly waited: number[] = [];
	entries: readonly ModelEntry[] = [];
	fallbackModels: readonly string[] = ['gemma-3-1b-it'];
	private readonly provider = new Provider({
		ask: (prompt, options, signal) => {
			const promptFor = (model: string): Prompt => (typeof prompt === 'function' ? prompt(model) : prompt);
			this.asked.push({ prompt: promptFor(options.model ?? ''), promptFor, options });
			return this.stream(signal);
		},
		list: {
			read: () => Promise.resolve(this.entries),
			modelOf: (id: string) => id,
			infoOf: (id: string) => ({ id, label: id, thinks: id === flash }),
			hasKeys: true,
		} as unknown as providers.ProviderParts['list'],
		consent: { allows: () => Promise.resolve(this.isAllowed), refusal: () => this.refusal.signal },
		waits: { words, now: () => noon },
		fallbackModels: () => this.fallbackModels,
		includeThoughts: () => undefined,
		mayBeSent: (texts) => {
			this.searched.push(...texts);
			return Promise.resolve(this.maySend || !texts.some((text) => text.includes(this.key)));
		},
		tokensOf: () => 1,
		newId: () => 'id',
		noteToolCall: () => undefined,
		after: (ms, run) => {
			this.waited.push(ms);
			queueMicrotask(run);
			return () => undefined;
		},
		report: (error) => this.reported.push(error),
	});

	private stream(signal?: AbortSignal): PoolStream<Piece> {
		const { script, says, refusal } = this;
		const on = { key: 'one' as KeyId, model: flash };
		return {
			attempts: [],
			useModel: () => undefined,
			async *[Symbol.asyncIterator]() {
				await Promise.resolve();
				yield* says;
				if (script === 'refused meanwhile') {
					refusal.abort();
					await untilAborted(signal ?? assert.fail(), new Promise<never>(() => undefined));
				} else if (script !== 'answer') throw script;
				yield { type: 'done', attempt: 1, finishReason: 'STOP', on, attempts: [] };
			},
		};
	}

	/** How a request ends: undefined where it is answered. */
	async ask(
		messages: readonly object[],
		options: object = {},
		token = neverCancelled,
	): Promise<(Error & { code?: string }) | undefined> {
		const entry: object = { id: flash };
		type Given = Parameters<typeof this.provider.respond>;
		try {
			await this.provider.respond(
				entry as Given[0],
				messages as Given[1],
				options as Given[2],
				{ report: () => undefined },
				token,
			);
			return undefined;
		} catch (error) {
			assert.ok(error instanceof Error);
			return error;
		}
	}

	list() {
		return this.provider.list({ silent: true }, neverCancelled);
	}
}

describe('the provider of language models', () => {
	let stand: Stand;
	beforeEach(() => {
		stand = new Stand();
	});

	it('tells whoever asks nothing that they ask nothing, and is no fault of ours', async () => {
		for (const messages of [[], [user()], [user(said(''))], [assistant()]]) {
			const error = await stand.ask(messages);
			assert.deepEqual([error?.name, error?.code], ['KeypoolError', 'badRequest'] satisfies [string, string]);
			// VS Code's own chat shows it behind the message.
			assert.equal(error?.stack, '');
			assert.deepEqual([stand.asked, stand.reported], [[], []]);
		}
	});

	it('answers an extension that hands over null in place of tools, as JavaScript may', async () => {
		const error = await stand.ask([user(said('Hi'))], { tools: null });
		assert.deepEqual([error, stand.reported, stand.asked.length], [undefined, [], 1]);
	});

	it('takes one tool for a list of one, and says which of them is none: a search for a tool finds undefined', async () => {
		const tool = { name: 'look', description: 'Looks' };
		assert.equal(await stand.ask([user(said('Hi'))], { tools: tool }), undefined);
		assert.equal(stand.asked.splice(0)[0]?.prompt.options?.functionDeclarations?.length, 1);
		for (const odd of [null, undefined, 'look', {}, { name: 5 }]) {
			const error = await stand.ask([user(said('Hi'))], { tools: [tool, odd] });
			assert.deepEqual(
				[error?.code, error?.message, stand.asked, stand.reported],
				['badTool', 'The tool #2 cannot be offered to Gemini: it has no name.', [], []],
			);
		}
	});

	it('ends as cancelled where whoever asks has left, and not as failed', async () => {
		const error = await stand.ask([user(said('Hi'))], {}, { ...neverCancelled, isCancellationRequested: true });
		assert.equal(error?.constructor, Reflect.get(editor.api, 'CancellationError'), String(error));
		assert.deepEqual([stand.asked, stand.reported], [[], []]);
	});

	it('tells whom a person did not allow how they can: a dialog is closed by one key', async () => {
		stand.isAllowed = false;
		const error = await stand.ask([user(said('Hi'))]);
		assert.equal(error?.code, 'NoPermissions');
		assert.match(error.message, /^You have not allowed this extension.* Keypool: Manage Access of Extensions\.$/);
	});

	it('ends a request under way of whom a person has refused since, as not allowed', async () => {
		stand.script = 'refused meanwhile';
		assert.equal((await stand.ask([user(said('Hi'))]))?.code, 'NoPermissions');
	});

	it('looks for the person’s keys in all that is sent: system messages, results, tools, and what another model was told', async () => {
		stand.maySend = false;
		const tool = { name: 'look', description: 'Looks with sim-held-key', inputSchema: { type: 'object' } };
		const cases: readonly (readonly [string, readonly object[], object?])[] = [
			['a system message', [system(said('Use sim-held-key')), user(said('Hi'))]],
			['the newest message', [user(said('My key is sim-held-key'))]],
			['an earlier one', [user(said('It is sim-held-key')), assistant(said('Ok')), user(said('Go on'))]],
			['an earlier answer', [user(said('Hi')), assistant(said('It is sim-held-key')), user(said('Go on'))]],
			['a result', [user(said('Hi'), new ToolResultPart('1', [said('sim-held-key')]))]],
			['a tool', [user(said('Hi'))], { tools: [tool] }],
			['a text that ends the answer', [user(said('Hi'))], { modelOptions: { stopSequences: ['sim-held-key'] } }],
		];
		for (const [where, messages, options] of cases) {
			const error = await stand.ask(messages, options);
			assert.deepEqual([error?.code, stand.asked.length], ['NoPermissions', 0], where);
		}
	});

	it('looks through each text once: what may be sent is not asked about again when the conversation goes on', async () => {
		const first = [system(said('Be kind.')), user(said('My key is sim-held-key'))];
		assert.equal(await stand.ask(first), undefined);
		stand.maySend = false;
		stand.searched.splice(0);
		assert.equal(await stand.ask([...first, assistant(said('Ok')), user(said('And now?'))]), undefined);
		assert.deepEqual(stand.searched.filter(Boolean), ['Ok', 'And now?']);
		// What was not sent is not known.
		const second = [user(said('Another sim-held-key'))];
		assert.equal((await stand.ask(second))?.code, 'NoPermissions');
		assert.equal((await stand.ask(second))?.code, 'NoPermissions');
	});

	it('asks each model for what it can do, and sends it what it takes: also one that answers instead', async () => {
		const picture = new DataPart(new Uint8Array([1, 2, 3]), 'image/png');
		assert.equal(await stand.ask([user(said('See'), picture)]), undefined);
		const [asked] = stand.asked;
		assert.deepEqual(asked?.options.fallbackModels, ['gemma-3-1b-it']);
		const sent = (model: string) => {
			const prompt = asked.promptFor(model);
			return [prompt.turns[0]?.content.map(({ type }) => type).join(), prompt.options?.includeThoughts];
		};
		assert.deepEqual(sent(flash), ['text,image', true]);
		assert.deepEqual(sent('gemma-3-1b-it'), ['text,text', undefined]);
	});

	it('lets no model answer instead that calls no functions, where there are tools: it would refuse the request', async () => {
		stand.fallbackModels = ['gemma-3-27b-it', 'gemini-3.5-flash-lite', 'gemma-4-31b-it'];
		const tools = [{ name: 'look', description: 'Looks' }];
		for (const options of [{ tools }, {}]) assert.equal(await stand.ask([user(said('Go'))], options), undefined);
		assert.deepEqual(
			stand.asked.map(({ options }) => options.fallbackModels),
			[stand.fallbackModels.slice(1), stand.fallbackModels],
		);
	});

	it('lets no other model go on with a turn that uses tools: another one has signed its calls', async () => {
		const turn = [
			user(said('Go')),
			assistant(new ToolCallPart('1', 'look', {})),
			user(new ToolResultPart('1', [said('x')])),
		];
		assert.equal(await stand.ask(turn), undefined);
		assert.equal(await stand.ask([...turn, assistant(said('Ok')), user(said('And now?'))]), undefined);
		assert.deepEqual(
			stand.asked.map(({ options }) => [options.isInTurn, options.fallbackModels]),
			[
				[true, []],
				[false, stand.fallbackModels],
			],
		);
	});

	it('tells an error, which the log has too, once what came before it has reached whoever asks: the editor would lose that', async () => {
		const broken = new Error('broken');
		stand.script = broken;
		assert.equal((await stand.ask([user(said('Hi'))]))?.code, 'unexpected');
		assert.deepEqual([stand.waited, stand.reported], [[], [broken]]);
		stand.says = [{ type: 'output', attempt: 1, value: { type: 'text', text: 'One' } }];
		assert.equal((await stand.ask([user(said('Hi'))]))?.code, 'unexpected');
		assert.deepEqual(stand.waited, [500]);
	});

	it('warns on an entry as VS Code reads it: by name, not letter by letter', async () => {
		stand.entries = [
			{
				...{ id: flash, name: 'Flash', family: flash, version: flash, maxInputTokens: 1, maxOutputTokens: 1 },
				capabilities: { imageInput: true, toolCalling: true },
				warning: 'All keys rest. [x](command:y) $(key)',
			},
		];
		const [entry] = await stand.list();
		assert.deepEqual(Object.values(entry?.warningText ?? {}), ['All keys rest. [x] (command:y) $ (key)']);
	});
});
