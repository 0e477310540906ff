import assert from 'node:assert/strict';
import { GatewayRig } from '../../support/gateway/gatewayRig';
import { formsOf } from '../../support/secrecy/leaks';
import { Colleague } from '../../support/teamGateway/colleague';

/** What a gateway, or whoever answers in its place, says with the token in it. */
const says: Readonly<Record<string, (token: string) => Response>> = {
	'an error of the gateway': (token) =>
		Response.json(
			{
				error: {
					...{ code: 403, status: 'PERMISSION_DENIED', message: `No: ${token}` },
					details: [{ reason: 'KEYPOOL_PAUSED', domain: 'keypool', metadata: { token } }],
				},
			},
			{ status: 403 },
		),
	'an error of somebody else': (token) => new Response(`<html><title>${token}</title></html>`, { status: 502 }),
	'an answer': (token) =>
		new Response(
			`data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text: `It is ${token}.` }] }, finishReason: 'STOP' }] })}\n\n`,
			{ headers: { 'content-type': 'text/event-stream' } },
		),
};

describe('a token that the gateway repeats', () => {
	for (const [what, answer] of Object.entries(says)) {
		it(`is in nothing that is shown or told: ${what}`, async () => {
			const rig = new GatewayRig({ a: {} }, { doors: { hosts: ['kp.example'] } });
			const colleague = new Colleague(rig);
			const told: unknown[] = [];
			colleague.pool.onEvent((event) => told.push(event));
			await colleague.use();
			colleague.answer = ({ pathname }) => (pathname.endsWith('/status') ? undefined : answer(rig.token));
			const { error, text, parts } = await colleague.ask();
			told.push(text, parts, error?.facts, error?.attempts, colleague.pool.snapshot(), colleague.gateway.shown);
			const all = JSON.stringify(told);
			assert.match(all, /‹redacted›/, 'something of it came through');
			for (const form of formsOf(rig.token)) assert.ok(!all.includes(form), `${form} in ${all}`);
		});
	}
});
