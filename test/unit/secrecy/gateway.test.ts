import assert from 'node:assert/strict';
import { chat, completions, GatewayRig, question, stream, whole } from '../../support/gateway/gatewayRig';
import { formsOf, leaks, shapes } from '../../support/secrecy/leaks';

const ways: readonly (readonly [path: string, body?: object])[] = [
	[stream, question()],
	[whole, question()],
	[completions, chat()],
	[completions, chat('Hi', { stream: true })],
	[whole.replace('generateContent', 'countTokens'), question()],
	['/v1beta/models'],
];

describe('a key that the service repeats to a client of the gateway', () => {
	for (const [n, shape] of shapes.entries()) {
		it(`is in no answer, in whatever text it comes (shape ${n + 1})`, async function () {
			this.timeout(120_000);
			// All of them in the long run; in the short one each shape meets others, in one way each.
			const some = process.env['KEYPOOL_FULL'] ? leaks : leaks.filter((_, at) => at % 6 === n);
			let redacted = 0;
			for (const [at, { name, answer }] of some.entries()) {
				for (const [path, body] of process.env['KEYPOOL_FULL'] ? ways : ways.slice(at % ways.length).slice(0, 1)) {
					const rig = new GatewayRig({ k0: {}, k1: {} }, { shape, answer, rules: { maxWaitMs: 0 } });
					const answered = await rig.ask(path, body);
					const told = [
						answered.text,
						...[...answered.headers].flat(),
						JSON.stringify([rig.events, rig.reported]),
					].join('\n');
					for (const form of ['k0', 'k1'].map(shape).flatMap(formsOf)) {
						assert.ok(!told.includes(form), `${name}, ${path}: ${form} in\n${told}`);
					}
					if (told.includes('‹redacted›')) redacted++;
				}
			}
			assert.ok(redacted > 2, `some canaries came as far as the client: ${redacted}`);
		});
	}

	it('is in no answer where the model itself says it', async () => {
		const shape = (name: string): string => `AQ.${name}${'Zx9_-'.repeat(10)}`;
		const says = (text: object): Response =>
			new Response(`data: ${JSON.stringify(text)}\n\n`, { headers: { 'content-type': 'text/event-stream' } });
		const rig = new GatewayRig(
			{ k0: {} },
			{
				shape,
				answer: (secret) =>
					says({ candidates: [{ content: { parts: [{ text: `It is ${secret}.` }] }, finishReason: 'STOP' }] }),
			},
		);
		const { text, isWhole } = await rig.ask(stream, question());
		assert.ok(isWhole && text.includes('It is ‹redacted›.'), text);
	});
});
