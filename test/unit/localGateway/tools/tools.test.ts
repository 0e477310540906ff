import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { pinIn } from '../../../../src/localGateway/tools/geminiCliPin';
import {
	besideProxy,
	geminiVariables,
	openAiVariables,
	tools,
	type Connection,
} from '../../../../src/localGateway/tools/tools';
import { tryPrompt } from '../../../../src/localGateway/tools/tryPrompt';
import { describeUse, hoverOf, type ShownClient } from '../../../../src/localGateway/view/clientRow';
import { GatewayRig, type GatewayRigOptions } from '../../../support/gateway/gatewayRig';
import { flash } from '../../../support/simulator/stand';
import { words } from '../../../support/views/snapshots';

const connection: Connection = {
	address: 'http://127.0.0.1:8642',
	token: `kp_${'a'.repeat(43)}`,
	model: flash,
	shell: 'posix',
};
const textOf = (id: string, more: Partial<Connection> = {}): string =>
	tools.find((tool) => tool.id === id)?.text({ ...connection, ...more }) ?? '';

describe('what a tool is given', () => {
	it('names the address and the token, for each tool that is offered', () => {
		assert.deepEqual(
			tools.map(({ id }) => id),
			['gemini-cli', 'google-sdk', 'openai-sdk', 'ai-sdk', 'cline', 'continue', 'curl'],
		);
		for (const { id, steps } of tools) {
			assert.ok(textOf(id).includes(connection.token) && textOf(id).includes(connection.address), id);
			assert.ok(steps(words.t).length > 10);
		}
		assert.match(textOf('ai-sdk'), /baseURL: 'http:\/\/127\.0\.0\.1:8642\/v1beta'/);
		// Its Gemini provider asks Google whatever the address, with the token; of a model that is not OpenAI's it knows no tools.
		assert.match(
			textOf('continue'),
			/^ {4}provider: openai\n(?: {4}.*\n)* {4}apiBase: http:\/\/127\.0\.0\.1:8642\/v1$/m,
		);
		assert.match(textOf('continue'), /^ {4}capabilities: \[tool_use, image_input\]$/m);
	});

	it('sets in a shell what the tool reads, and takes away what would win', () => {
		const seen = (id: string, ...names: string[]): string => {
			const script = `${textOf(id)}\nprintf '%s|' ${names.map((name) => `"\${${name}-unset}"`).join(' ')}`;
			return execFileSync('sh', ['-c', script], { env: { GOOGLE_API_KEY: 'wins' }, encoding: 'utf8' });
		};
		assert.equal(
			seen('gemini-cli', 'GEMINI_API_KEY', 'GOOGLE_GEMINI_BASE_URL', 'GOOGLE_API_KEY'),
			`${connection.token}|${connection.address}|unset|`,
		);
		assert.equal(
			seen('openai-sdk', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'),
			`${connection.token}|${connection.address}/v1|`,
		);
		assert.match(textOf('gemini-cli', { shell: 'powershell' }), /^\$env:GEMINI_API_KEY = 'kp_a+'$/m);
		assert.match(textOf('gemini-cli', { shell: 'powershell' }), /^\$env:GOOGLE_API_KEY = \$null$/m);
		// Off Windows PowerShell hands on what is quoted.
		assert.equal(textOf('gemini-cli', { shell: 'pwsh' }), textOf('gemini-cli', { shell: 'powershell' }));
		assert.equal(textOf('curl', { shell: 'pwsh' }), textOf('curl'));
		assert.match(textOf('gemini-cli', { shell: 'fish' }), /^set -gx GEMINI_API_KEY 'kp_a+'$/m);
		// It has no `unset`, and `set -e` alone takes away for good what was set with `set -Ux`, or leaves it in force.
		assert.match(
			textOf('gemini-cli', { shell: 'fish' }),
			/^set -eg GOOGLE_API_KEY; set -qU GOOGLE_API_KEY; and set -gx GOOGLE_API_KEY ''$/m,
		);
		assert.match(textOf('gemini-cli', { shell: 'cmd' }), /^set "GEMINI_API_KEY=kp_a+"$/m);
		assert.match(textOf('gemini-cli', { shell: 'cmd' }), /^set GOOGLE_API_KEY=$/m);
		assert.equal(geminiVariables(connection)['GOOGLE_API_KEY'], undefined);
		assert.ok('GOOGLE_API_KEY' in geminiVariables(connection));
		assert.deepEqual(Object.keys(openAiVariables(connection)), ['OPENAI_API_KEY', 'OPENAI_BASE_URL']);
	});

	it('is Google’s own SDK at the gateway, whatever made it one of Vertex AI before', () => {
		const path = `PATH='${process.env['PATH'] ?? ''}'`;
		const isAtVertex = "console.log(new (require('@google/genai').GoogleGenAI)({}).vertexai)";
		const run = (text: string): string =>
			execFileSync('sh', ['-c', `${path}\n${text}\n'${process.execPath}' -e "${isAtVertex}"`], {
				env: { GOOGLE_GENAI_USE_VERTEXAI: 'true', GOOGLE_GENAI_USE_ENTERPRISE: 'true' },
				encoding: 'utf8',
				stdio: ['ignore', 'pipe', 'ignore'],
			});
		assert.equal(run(textOf('gemini-cli')), 'false\n');
	});

	it('is asked for beside the proxy that the environment names', () => {
		const direct = (environment: Readonly<Record<string, string>>) => besideProxy(environment)['NO_PROXY'];
		const proxy = 'http://proxy.example:3128';
		assert.equal(direct({}), undefined);
		assert.equal(direct({ HTTP_PROXY: '' }), undefined);
		for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY']) {
			assert.equal(direct({ [name]: proxy }), '127.0.0.1', name);
		}
		assert.equal(direct({ HTTP_PROXY: proxy, NO_PROXY: '.corp, localhost,' }), '.corp,localhost,127.0.0.1');
		assert.equal(direct({ HTTP_PROXY: proxy, no_proxy: '.corp' }), '.corp,127.0.0.1');
		for (const all of ['*', '.corp,127.0.0.1']) assert.equal(direct({ HTTP_PROXY: proxy, NO_PROXY: all }), undefined);
		const both = besideProxy({ HTTP_PROXY: proxy });
		assert.equal(both['no_proxy'], both['NO_PROXY']);
	});

	it('is one command for curl, with a body that is JSON', () => {
		const words = execFileSync('sh', ['-c', `curl() { printf '%s\\n' "$@"; }; ${textOf('curl')}`], {
			encoding: 'utf8',
		});
		const [address, , token, , type, , body = ''] = words.split('\n');
		assert.equal(address, `${connection.address}/v1beta/models/${flash}:generateContent`);
		assert.deepEqual([token, type], [`x-goog-api-key: ${connection.token}`, 'content-type: application/json']);
		assert.doesNotThrow(() => void JSON.parse(body));
		// PowerShell has no escape with a backslash: only behind `--%` do the quotes reach curl, in its versions 5 and 7.
		assert.match(textOf('curl', { shell: 'powershell' }), /^curl\.exe --% http.*-d "\{\\"contents\\"/);
		assert.equal(textOf('curl', { shell: 'fish' }), textOf('curl'));
		assert.match(textOf('curl', { shell: 'cmd' }), /^curl\.exe http.*-d "\{\\"contents\\"/);
	});
});

describe('the settings of gemini-cli', () => {
	const wanted = { security: { auth: { selectedType: 'gemini-api-key' } } };

	it('are left alone where they name the way to sign in', () => {
		assert.deepEqual(pinIn(JSON.stringify(wanted)), { state: 'set' });
	});

	it('get it where they lack it, and keep all else', () => {
		for (const text of [undefined, '', ' \n', '{}']) {
			const pin = pinIn(text);
			assert.deepEqual(pin.state === 'missing' && JSON.parse(pin.text), wanted);
		}
		const before = { theme: 'x', security: { folderTrust: true, auth: { selectedType: 'oauth-personal', more: 1 } } };
		const pin = pinIn(JSON.stringify(before));
		assert.ok(pin.state === 'missing');
		assert.deepEqual(JSON.parse(pin.text), {
			theme: 'x',
			security: { folderTrust: true, auth: { selectedType: 'gemini-api-key', more: 1 } },
		});
		assert.deepEqual(pinIn(pin.text), { state: 'set' });
	});

	it('are not touched where they hold more than plain JSON', () => {
		for (const text of ['{ // mine\n}', '[]', '"x"', 'null', '{"a":1,}']) {
			assert.deepEqual(pinIn(text), { state: 'unreadable' }, text);
		}
	});
});

describe('Try It', () => {
	const tried = async (
		dialect: 'gemini' | 'openai',
		options: GatewayRigOptions = {},
		token?: string,
		rig = new GatewayRig({ a: {} }, options),
	) => {
		await rig.ready;
		const through: typeof fetch = (input, init) => {
			const request = new Request(input, init);
			request.headers.set('host', '127.0.0.1:8642');
			return rig.gateway.handle(request, { port: 8642 });
		};
		const given = { ...connection, token: token ?? rig.token };
		return rig.clock.until(tryPrompt(given, dialect, through, new AbortController().signal));
	};

	for (const dialect of ['gemini', 'openai'] as const) {
		it(`brings the answer, in ${dialect}’s dialect`, async () => {
			const outcome = await tried(dialect);
			assert.ok(outcome.state === 'answered' && outcome.text.length > 0, JSON.stringify(outcome));
		});

		it(`brings what the gateway says where it refuses, in ${dialect}’s dialect`, async () => {
			const outcome = await tried(dialect, {}, `kp_${'x'.repeat(43)}`);
			assert.ok(outcome.state === 'refused' && outcome.message.length > 10, JSON.stringify(outcome));
			const locked = await tried(dialect, { blockedReason: 'keysLocked' });
			assert.ok(locked.state === 'refused' && locked.message !== outcome.message, JSON.stringify(locked));
		});
	}

	it('says until when all keys rest, rather than that nobody answered after a minute', async () => {
		const rpm = { when: 'always', kind: 'error', body: '429_rpm_free' } as const;
		const rig = new GatewayRig({ a: { faults: [rpm] } });
		const before = rig.clock.wall();
		const outcome = await tried('gemini', {}, undefined, rig);
		assert.match(outcome.state === 'refused' ? outcome.message : '', /The first key is back at/);
		assert.ok(rig.clock.wall() - before < 60_000);
	});

	it('says so where nobody answers, or something else does', async () => {
		const signal = new AbortController().signal;
		const gone = () => Promise.reject(new Error('refused'));
		assert.deepEqual(await tryPrompt(connection, 'gemini', gone, signal), { state: 'notReached' });
		const other = () => Promise.resolve(new Response('<html>'));
		assert.deepEqual(await tryPrompt(connection, 'gemini', other, signal), { state: 'notReached' });
		const odd = () => Promise.resolve(Response.json({ candidates: [{}] }));
		assert.deepEqual(await tryPrompt(connection, 'gemini', odd, signal), { state: 'answered', text: '' });
	});
});

describe('a client in the view', () => {
	const now = 1_700_000_000_000;
	const shown: ShownClient = {
		client: {
			id: 'id',
			name: 'curl',
			hash: 'a'.repeat(64),
			createdAt: now - 60_000,
			rules: { keys: 'free', parallel: 8, requestsPerDay: 100, dollarsPerDay: 2, models: [flash] },
		},
		lastUsedAt: now - 1_000,
		requests: 2,
		input: 1_000,
		output: 234,
		cost: { day: 120_000, month: 3_400_000 },
		underWay: 1,
		isHeld: false,
	};

	it('shows requests, tokens, cost and when it came last', () => {
		const use = describeUse(shown, words, now);
		assert.match(use, /^1 request under way · 2 requests today · 1,234 tokens · \$0\.12 · /);
		assert.match(
			describeUse({ ...shown, requests: 1, cost: { day: 0, month: 0 }, underWay: 0 }, words, now),
			/^1 request today · [^$]*$/,
		);
		assert.equal(describeUse({ ...shown, lastUsedAt: 0 }, words, now), '1 request under way');
		assert.equal(describeUse({ ...shown, lastUsedAt: 0, underWay: 0 }, words, now), 'not used yet');
	});

	it('says in its hover what it may, and what it has under way', () => {
		const text = hoverOf(shown, words, now)
			.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
			.replaceAll('\\', '');
		for (const part of [
			'1 request under way',
			'1,000 tokens in, 234 out',
			'$0.12 today',
			'free projects only',
			flash,
		]) {
			assert.ok(text.includes(part), `${part}: ${text}`);
		}
		assert.match(text, /At most 100 requests a day[^]*At most \$2/);
		assert.doesNotMatch(text, /Works in batches|stand in/);
		const rules = { ...shown.client.rules, batch: true, fallbackModels: ['gemini-lite'] };
		const allowed = hoverOf({ ...shown, client: { ...shown.client, rules } }, words, now);
		assert.match(allowed, /Models that may stand in[^]*lite[^]*Works in batches/);
		const once = { ...shown.client.rules, requestsPerDay: 1 };
		assert.match(
			hoverOf({ ...shown, client: { ...shown.client, rules: once } }, words, now),
			/At most 1 request a day/,
		);
		const terminal = { ...shown, client: { ...shown.client, isTransient: true as const } };
		assert.match(hoverOf(terminal, words, now), /ends with its terminal/);
		assert.doesNotMatch(text, /was stopped/);
		assert.match(hoverOf({ ...shown, isHeld: true }, words, now), /curl was stopped[^]*let it continue/);
	});
});
