import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { Secret, parseSecret } from '../../../../src/keys/keyring/secret';
import { parseKeys } from '../../../../src/keys/import/parseKeys';
import { modern, legacy } from '../../../support/keys/sample';

function read(text: string): string {
	const parsed = parseSecret(text);
	return parsed.ok
		? `${parsed.kind}:${parsed.secret.reveal()}`
		: parsed.reason === 'otherService'
			? parsed.service
			: parsed.reason;
}

describe('reading one key', () => {
	it('accepts both kinds, simulated keys, and an unknown prefix', () => {
		assert.equal(read(modern(1)), `AQ:${modern(1)}`);
		assert.equal(read(legacy(1)), `AIza:${legacy(1)}`);
		assert.equal(read('sim-1'), 'simulated:sim-1');
		assert.equal(read('new-prefix.0123456789'), 'unknown:new-prefix.0123456789');
	});

	it('removes white space, quotes and zero-width characters', () => {
		for (const dressed of [`  ${modern(1)}\r\n`, `"${modern(1)}"`, `“${modern(1)}”`, `' ${modern(1)} '`]) {
			assert.equal(read(dressed), `AQ:${modern(1)}`);
		}
		assert.equal(read(`\ufeff${modern(1).slice(0, 9)}\u200b${modern(1).slice(9)}\u2060`), `AQ:${modern(1)}`);
	});

	it('gives the reason why a text cannot be a key', () => {
		assert.equal(read(''), 'empty');
		assert.equal(read(' \t\n '), 'empty');
		assert.equal(read('""'), 'empty');
		assert.equal(read(`${modern(1)}\n${modern(2)}`), 'innerSpace');
		assert.equal(read(`${legacy(1).slice(0, 20)} ${legacy(1).slice(20)}`), 'innerSpace');
		assert.equal(read(`${legacy(1)}\u0007x`), 'control');
		assert.equal(read(`${legacy(1)}é`), 'nonAscii');
		assert.equal(read('khóa-của-tôi-ở-đây-này'), 'nonAscii');
		assert.equal(read('a'.repeat(19)), 'tooShort');
		assert.equal(read('sim-'), 'tooShort');
		assert.equal(read('a'.repeat(201)), 'tooLong');
		assert.equal(read('a'.repeat(1_000_000)), 'tooLong');
		assert.equal(read(legacy(1) + legacy(2)), 'severalInOne');
		assert.equal(read(modern(1) + modern(2)), 'severalInOne');
		assert.equal(read('https://aistudio.google.com/apikey'), 'address');
	});

	it('names the service that a key really belongs to', () => {
		const filling = 'a1B2'.repeat(12);
		const others = {
			[`sk-${filling}`]: 'OpenAI',
			[`sk-ant-${filling}`]: 'Anthropic',
			[`sk-or-v1-${filling}`]: 'OpenRouter',
			[`ghp_${filling}`]: 'GitHub',
			[`github_pat_${filling}`]: 'GitHub',
			[`xoxb-${filling}`]: 'Slack',
			[`ya29.${filling.repeat(5)}`]: 'Google access token',
			'{\n  "type": "service_account",\n  "project_id": "p"\n}': 'Google service account',
			[`gsk_${filling}`]: 'Groq',
			[`1//0${filling}`]: 'Google refresh token',
			[`GOCSPX-${filling.slice(0, 28)}`]: 'Google client secret',
			'123-abc.apps.googleusercontent.com': 'Google client ID',
		};
		for (const [text, service] of Object.entries(others)) {
			assert.equal(read(text), service);
		}
	});

	it('refuses a token of the gateway: whoever has it may ask, and it is no key', () => {
		assert.deepEqual(parseSecret(`kp_${'a1'.repeat(21)}b`), { ok: false, reason: 'gatewayToken' });
		assert.deepEqual(parseKeys(`GEMINI_API_KEY=kp_${'a1'.repeat(21)}b`).recognised, []);
	});
});

describe('a secret in memory', () => {
	it('prints, logs and serialises as its mask', () => {
		const secret = new Secret(modern(7));
		for (const text of [secret.toString(), JSON.stringify({ secret }), inspect({ secret }, { showHidden: true })]) {
			assert.ok(text.includes(secret.mask), text);
			assert.ok(!text.includes(modern(7).slice(0, 12)), text);
		}
		assert.equal(secret.reveal(), modern(7));
	});
});
