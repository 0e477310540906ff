import assert from 'node:assert/strict';
import type { Content, FunctionDeclaration, GenerateContentResponse, Part, ToolConfig } from '@google/genai/web';
import { createPartFromFunctionResponse, FunctionCallingConfigMode } from '@google/genai/web';
import { createStand, flash, type Stand } from '../../support/simulator/stand';

const add: FunctionDeclaration = {
	name: 'add',
	parametersJsonSchema: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
};

function ask(
	{ client, clock }: Stand,
	contents: readonly Content[],
	{
		declared = [add],
		toolConfig,
		model = flash,
	}: { declared?: FunctionDeclaration[]; toolConfig?: ToolConfig; model?: string } = {},
): Promise<GenerateContentResponse> {
	const config = { tools: [{ functionDeclarations: declared }], ...(toolConfig && { toolConfig }) };
	return clock.until(client().models.generateContent({ model, contents: [...contents], config }));
}

const user = (...parts: Part[]): Content => ({ role: 'user', parts });
const model = (...parts: Part[]): Content => ({ role: 'model', parts });
const partsOf = (answer: GenerateContentResponse): readonly Part[] => answer.candidates?.[0]?.content?.parts ?? [];
const result = (name: string, output: string): Part => createPartFromFunctionResponse('', name, { output });
const twoCalls = user({ text: 'Please [call add {"a":1}] and [call add {"a":2}] and [call unknown]' });

describe('simulator: functions through the real SDK', () => {
	it('calls what the question scripts, of the functions that are declared, and signs the first call alone', async () => {
		const parts = partsOf(await ask(createStand(), [twoCalls]));
		assert.deepEqual(
			parts.map(({ functionCall }) => functionCall),
			[
				{ name: 'add', args: { a: 1 } },
				{ name: 'add', args: { a: 2 } },
			],
		);
		assert.deepEqual(
			parts.map(({ thoughtSignature }) => typeof thoughtSignature),
			['string', 'undefined'],
		);
	});

	it('goes on with the results, and signs the end of its answer', async () => {
		const stand = createStand();
		const calls = partsOf(await ask(stand, [twoCalls]));
		const answer = await ask(stand, [twoCalls, model(...calls), user(result('add', 'one'), result('add', 'two'))]);
		assert.match(answer.text ?? '', /> add: \{"output":"one"\}\n> add: \{"output":"two"\}/);
		assert.equal(typeof partsOf(answer).at(-1)?.thoughtSignature, 'string');
	});

	it('calls a function where it must, with arguments after its schema', async () => {
		const toolConfig = {
			functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['other'] },
		};
		const other = { name: 'other', parametersJsonSchema: { type: 'object', properties: { n: { type: 'integer' } } } };
		const [part] = partsOf(await ask(createStand(), [user({ text: 'Hi' })], { declared: [add, other], toolConfig }));
		assert.deepEqual(part?.functionCall, { name: 'other', args: { n: 1 } });
	});

	it('refuses other than as many results as calls, a conversation that begins with a call, and a bad declaration', async () => {
		const stand = createStand();
		const calls = partsOf(await ask(stand, [twoCalls]));
		const refused = (contents: Content[], declared: FunctionDeclaration[] = [add]) =>
			assert.rejects(ask(stand, contents, { declared }), { status: 400 });
		await refused([twoCalls, model(...calls), user(result('add', 'one'))]);
		await refused([twoCalls, model(...calls), user(result('add', 'one'), result('sub', 'two'))]);
		await refused([twoCalls, model(...calls), user({ text: 'And?' })]);
		await refused([user(result('add', 'one'))]);
		await refused([model(...calls), user(result('add', 'one'), result('add', 'two'))]);
		await refused([twoCalls], [{ name: '1st' }]);
		await refused([twoCalls], [{ name: 'x', parametersJsonSchema: { type: 'string' } }]);
	});

	it('wants the signatures of the turn that goes on: its own, of the same generation, or the documented stand-in', async () => {
		const stand = createStand();
		const [first, second] = partsOf(await ask(stand, [twoCalls]));
		assert.ok(first && second);
		const results = user(result('add', 'one'), result('add', 'two'));
		const signed = (thoughtSignature?: string): Content =>
			model(
				{
					...(first.functionCall && { functionCall: first.functionCall }),
					...(thoughtSignature !== undefined && { thoughtSignature }),
				},
				second,
			);
		await ask(stand, [twoCalls, signed('skip_thought_signature_validator'), results]);
		await assert.rejects(ask(stand, [twoCalls, signed(), results]), /missing a thought_signature/);
		await assert.rejects(ask(stand, [twoCalls, signed('c2lnbmVk'), results]), /Invalid thought signature/);
		const older = Buffer.from(JSON.stringify({ simulated: '2' })).toString('base64');
		await assert.rejects(ask(stand, [twoCalls, signed(older), results]), /Invalid thought signature/);
		// A turn that has ended is not looked at.
		await ask(stand, [twoCalls, signed(), results, model({ text: 'Three.' }), user({ text: 'Thanks' })]);
	});
});
