import assert from 'node:assert/strict';
import { createAsk, type Ask, type AskParts } from '../../src/ask';
import type { Content, Piece, Prompt } from '../../src/gemini/gemini';
import { sizeOf } from '../../src/gemini/request/requestSize';
import { Failure, PoolError, type OpenStream } from '../../src/pool/pool';
import { question } from '../support/gemini/room';
import { answers, fails, overloaded, Rig, rpm, type Script } from '../support/pool/rig';
import { settingsOf, Written } from '../support/written';

/** The door over a real pool whose far side is a script; the settings are the defaults, or what is given. */
function door(
	given: Partial<Pick<AskParts, 'blockedReason' | 'models'>> = {},
	{
		script = answers,
		values = {},
	}: { readonly script?: Script; readonly values?: Readonly<Record<string, unknown>> } = {},
) {
	const rig = new Rig({ a: {} }, script);
	/** What was sent, as text, and to which model. */
	const sent: string[] = [];
	const open = (prompt: Prompt): OpenStream<Piece> =>
		async function* (on, signal) {
			sent.push(
				`${on.model}: ${prompt.turns.flatMap(({ content }) => content.map((part) => (part.type === 'text' ? part.text : ''))).join(' ')}`,
			);
			for await (const { output: _, ...chunk } of rig.open({ ...on, written: [] }, signal)) yield chunk;
		};
	const ask = createAsk({
		pool: rig.pool,
		gemini: { open, cost: sizeOf },
		settings: settingsOf(new Written({ ...values })),
		models: { inputLimit: () => undefined },
		blockedReason: () => Promise.resolve(undefined),
		newId: () => 'q1',
		...given,
	});
	const heard: string[] = [];
	rig.pool.onEvent((event) => {
		if (event.type === 'failed') heard.push(`${event.request} ${event.origin} ${event.reason}`);
		if (event.type === 'ended') heard.push(`${event.record.request} ${event.record.outcome}`);
	});
	const ended = (...asked: Parameters<Ask>): Promise<unknown> =>
		rig.clock.until(
			(async () => {
				try {
					for await (const part of ask(...asked)) if (part.type === 'done') return part.on.model;
				} catch (error) {
					return error;
				}
				return 'nothing';
			})(),
		);
	return { ask, sent, heard, ended };
}

const never = new AbortController().signal;
const text = (of: string): Prompt => ({ turns: [{ role: 'user', content: [{ type: 'text', text: of }] }] });
const models = { model: 'large', fallbackModels: ['small', 'middle'] };
/** Tokens; four characters are one. */
const limits: Readonly<Record<string, number>> = { large: 100, middle: 50, small: 10 };

describe('asking', () => {
	for (const reason of ['keysLocked', 'hostRefused'] as const) {
		it(`ends with ${reason} where that stands in the way: nothing is sent, and nobody is told that there is no key`, async () => {
			let looks = 0;
			const { ask, sent, heard } = door({
				blockedReason: () => Promise.resolve((looks += 1) === 1 ? reason : undefined),
			});
			const parts = ask(question(), { origin: 'chat' }, never)[Symbol.asyncIterator]();
			const ended = (error: unknown): boolean => error instanceof PoolError && error.reason === reason;
			await assert.rejects(parts.next(), ended);
			await assert.rejects(parts.next(), ended);
			assert.deepEqual([sent, looks], [[], 1]);
			assert.deepEqual(heard, [`q1 chat ${reason}`, `q1 ${reason}`], 'whoever counts prompts hears of it once');
		});
	}

	it('sends nothing that is too long for the wanted model, and says by how much', async () => {
		const { ended, sent, heard } = door({ models: { inputLimit: (model) => limits[model] } }, { values: models });
		const error = await ended(text('x'.repeat(404)), { origin: 'chat' }, never);
		assert.ok(error instanceof PoolError);
		assert.deepEqual([error.reason, error.facts], ['promptTooLong', { size: 101, limit: 100, model: 'large' }]);
		assert.deepEqual([sent, heard], [[], ['q1 chat promptTooLong', 'q1 promptTooLong']]);
		assert.equal(await ended(text('x'.repeat(400)), { origin: 'chat' }, never), 'large');
	});

	it('falls back to no model that takes in too little', async () => {
		const script: Script = (send) => (send.model === 'large' ? fails(overloaded) : answers(send));
		const { ended, sent } = door({ models: { inputLimit: (model) => limits[model] } }, { values: models, script });
		assert.equal(await ended(text('x'.repeat(80)), { origin: 'chat' }, never), 'middle');
		assert.ok(sent.every((line) => !line.startsWith('small')));
		assert.equal(await ended(text('x'.repeat(20)), { origin: 'chat' }, never), 'small');
	});

	it('sends each model what it takes in', async () => {
		const script: Script = (send) => (send.model === 'large' ? fails(rpm()) : answers(send));
		const { ended, sent } = door({ models: { inputLimit: (model) => limits[model] } }, { values: models, script });
		const promptFor = (model: string): Prompt => text(model === 'large' ? 'all of it' : 'a part');
		assert.equal(await ended(promptFor, { origin: 'chat' }, never), 'small');
		assert.deepEqual(sent, ['large: all of it', 'small: a part']);
	});

	it('stays on the key that answered its conversation last', async () => {
		const sent: string[] = [];
		const rig = new Rig(
			{ a: {}, b: {} },
			(send) => {
				sent.push(send.key);
				return answers(send);
			},
			{ strategy: 'headroom' },
		);
		const ask = createAsk({
			pool: rig.pool,
			gemini: {
				cost: sizeOf,
				open: () =>
					async function* (on, signal) {
						for await (const { output: _, ...chunk } of rig.open({ ...on, written: [] }, signal)) yield chunk;
					},
			},
			settings: settingsOf(new Written({})),
			models: { inputLimit: () => undefined },
			blockedReason: () => Promise.resolve(undefined),
			newId: () => `q${sent.length}`,
		});
		const say = async (session: string): Promise<void> => {
			for await (const { type } of ask(question(), { origin: 'chat', session }, never)) if (type === 'done') return;
		};
		for (const session of ['one', 'two', 'one', 'one', 'two']) await rig.clock.until(say(session));
		assert.equal(sent.join(' '), 'a b a a b');
	});

	it('waits minutes for a call of a tool, which comes in one piece, and a minute for anything else', async () => {
		const late: Script = async function* (send, clock) {
			await new Promise<void>((resolve) => clock.after(240_000, resolve));
			yield* answers(send);
		};
		const { ended, sent } = door({}, { script: late, values: { fallbackModels: [], model: 'large' } });
		const tools = { options: { functionDeclarations: [{ name: 'f' }] } };
		assert.equal(await ended({ ...text('with tools'), ...tools }, { origin: 'lm:a.b' }, never), 'large');
		assert.deepEqual(sent, ['large: with tools']);
		assert.ok((await ended(text('without'), { origin: 'chat' }, never)) instanceof PoolError);
	});

	it('sends a prompt with calls or signed answers once more without its signatures where the service refuses one, and another prompt not', async () => {
		const call = { type: 'call', name: 'f', args: {}, signature: 's' } as const;
		const signed = { type: 'signature', signature: 's' } as const;
		const after = (...content: readonly Content[]): Prompt => ({
			turns: [...question().turns, { role: 'model', content }, ...question().turns],
		});
		const tried = async (prompt: Prompt): Promise<readonly unknown[]> => {
			const replaced: unknown[] = [];
			const rig = new Rig({ a: {} }, answers);
			const ask = createAsk({
				pool: rig.pool,
				gemini: {
					cost: sizeOf,
					open: () =>
						async function* (on, signal) {
							replaced.push(on.replaceSignatures);
							if (replaced.length === 1) {
								throw new Failure({ type: 'replaceSignatures', reason: 'thoughtSignature' }, true, '');
							}
							for await (const { output: _, ...chunk } of rig.open({ ...on, written: [] }, signal)) yield chunk;
						},
				},
				settings: settingsOf(new Written({})),
				models: { inputLimit: () => undefined },
				blockedReason: () => Promise.resolve(undefined),
				newId: () => 'q',
			});
			const say = async (): Promise<void> => {
				for await (const { type } of ask(prompt, { origin: 'lm:a.b' }, never)) if (type === 'done') return;
			};
			await rig.clock.until(say()).catch((error: unknown) => {
				assert.ok(error instanceof PoolError && error.reason === 'thoughtSignature');
			});
			return replaced;
		};
		assert.deepEqual(await tried(after(call)), [false, true]);
		// The answer of another project, or of another provider that VS Code's chat was asking before.
		assert.deepEqual(await tried(after({ type: 'text', text: 'Yes' }, signed)), [false, true]);
		assert.deepEqual(await tried(after({ type: 'text', text: 'Yes' })), [false]);
		assert.deepEqual(await tried(question()), [false]);
	});
});
