import assert from 'node:assert/strict';
import { options, planOf, usage, type Plan } from '../../../src/headless/arguments';
import { parseArguments } from '../../../src/headless/parseArguments';
import { UsageError } from '../../../src/headless/usageError';

const plan = (...args: readonly string[]): Plan => planOf(parseArguments(args));

describe('the command line of the gateway', () => {
	it('serves with defaults that need nothing said', () => {
		assert.deepEqual(plan(), {
			type: 'serve',
			data: undefined,
			port: 8642,
			listen: { address: undefined, tls: undefined, proxies: [], origins: [], drainDelayMs: 0 },
			envFile: undefined,
			strategy: 'headroom',
			paidKeys: 'last',
			paidOnly: false,
			budget: {},
			fallbackModels: [],
			maxWaitMs: 120_000,
			baseUrl: undefined,
			log: 'info',
			resume: false,
		});
	});

	it('takes every option that its help names, and names every option that it takes', () => {
		const named = new Set([...usage.matchAll(/--([a-z-]+)/g)].map(([, name]) => name));
		assert.deepEqual([...named].sort(), Object.keys(options).sort());
		assert.deepEqual(
			plan(
				...'--port 0 --strategy roundRobin --paid-keys first --paid-only --max-wait 5 --budget-per-day 2.5 --budget-per-month 0'.split(
					' ',
				),
				'--fallback-models',
				'models/a, b',
			),
			{
				...plan(),
				port: 0,
				strategy: 'roundRobin',
				paidKeys: 'first',
				paidOnly: true,
				budget: { day: 2.5, month: 0 },
				maxWaitMs: 5_000,
				fallbackModels: ['a', 'b'],
			},
		);
		assert.deepEqual(plan('-h'), { type: 'help' });
	});

	it('makes tokens with rules', () => {
		assert.deepEqual(
			plan(
				'token',
				'add',
				'Cline',
				'--keys',
				'paid',
				'--models',
				'a,b',
				'--parallel',
				'2',
				'--requests-per-day',
				'9',
				'--dollars-per-day',
				'0.5',
				'--expires-in',
				'30',
				'--owner',
				'An',
			),
			{
				type: 'token',
				data: undefined,
				act: 'add',
				name: 'Cline',
				rules: { keys: 'paid', models: ['a', 'b'], parallel: 2, requestsPerDay: 9, dollarsPerDay: 0.5 },
				expiresInDays: 30,
				owner: 'An',
			},
		);
		const batches = plan('token', 'add', 'nightly', '--batch');
		assert.deepEqual('rules' in batches && batches.rules, { batch: true });
		assert.deepEqual(plan('token', 'list'), { type: 'token', data: undefined, act: 'list' });
		assert.deepEqual(plan('token', 'revoke', 'x', '--data', 'd'), {
			type: 'token',
			data: 'd',
			act: 'revoke',
			name: 'x',
		});
	});

	it('leaves this computer only with TLS or behind a proxy that is named', () => {
		const listen = (...args: readonly string[]) => {
			const made = plan(...args);
			assert.ok(made.type === 'serve');
			return made.listen;
		};
		assert.deepEqual(listen('--listen', '0.0.0.0', '--behind-proxy', 'KP.example, kp.example:8443'), {
			address: '0.0.0.0',
			tls: undefined,
			proxies: ['kp.example', 'kp.example:8443'],
			origins: [],
			drainDelayMs: 6_000,
		});
		const secure = listen(
			...'--listen :: --tls-cert c.pem --tls-key k.pem --drain-delay 0 --allow-origins https://*.vscode-cdn.net'.split(
				' ',
			),
		);
		assert.deepEqual(
			[secure.tls, secure.origins, secure.drainDelayMs],
			[{ certFile: 'c.pem', keyFile: 'k.pem' }, ['https://*.vscode-cdn.net'], 0],
		);
		assert.equal(listen('--listen', '127.0.0.2').address, '127.0.0.2');
		for (const args of [
			'--listen 0.0.0.0',
			'--listen ::',
			'--listen 10.0.0.1',
			'--listen ::ffff:127.0.0.1',
			'--listen example.org --behind-proxy kp.example',
			'--listen 0.0.0.0 --tls-cert c.pem',
			'--tls-key k.pem',
			'--behind-proxy *.example',
			`--behind-proxy ${Array.from({ length: 21 }, (_, n) => `kp${n}.example`).join(',')}`,
			'--behind-proxy http://kp.example',
			'--allow-origins https://kp.example',
			'--behind-proxy kp.example --allow-origins *',
			'--behind-proxy kp.example --allow-origins https://*',
			'--behind-proxy kp.example --drain-delay -1',
			'--behind-proxy kp.example --drain-delay 601',
			'--behind-proxy kp.example --drain-delay 1.5',
			'--behind-proxy kp.example --drain-delay soon',
		]) {
			assert.throws(() => plan(...args.replace('-1', '=-1').replace(' =', '=').split(' ')), UsageError, args);
		}
	});

	it('takes every name that it is given, also where an option of names stands twice', () => {
		const served = plan(
			...'--behind-proxy a.example --behind-proxy b.example --fallback-models a --fallback-models b'.split(' '),
		);
		assert.ok(served.type === 'serve');
		assert.deepEqual(
			[served.listen.proxies, served.fallbackModels],
			[
				['a.example', 'b.example'],
				['a', 'b'],
			],
		);
		const bound = plan(...'token add x --models a --models b'.split(' '));
		assert.deepEqual('rules' in bound && bound.rules, { models: ['a', 'b'] });
	});

	it('takes no option that would do nothing, and says which: somebody would believe in a limit that there is none', () => {
		for (const [args, sentence] of [
			['--dollars-per-day 5', /^--dollars-per-day is a rule of a token: .*--budget-per-day/],
			['--keys paid', /^--keys is a rule of a token/],
			['--batch', /^--batch is a rule of a token/],
			['token add x --budget-per-day 5', /^token add takes no --budget-per-day/],
			['token add x --paid-only', /^token add takes no --paid-only/],
			['token rotate x --expires-in 30', /^token rotate takes no --expires-in/],
			['token revoke x --owner An', /^token revoke takes no --owner/],
			['token list --keys paid', /^token list takes no --keys/],
			['token --port 3', /^token takes add, rotate or revoke with a name, or list\.$/],
			['token frob x --port 3', /^token takes add, rotate or revoke with a name, or list\.$/],
			['--prot 3', /^There is no option --prot\. See --help\.$/],
			['--port', /^--port takes a value, which begins with no hyphen\. See --help\.$/],
			['--port -1', /^--port takes a value, which begins with no hyphen\. See --help\.$/],
			['--resume=1', /^--resume takes no value\. See --help\.$/],
			['--help=1', /^-h takes no value\. See --help\.$/],
			[`token add x --models ${'m,'.repeat(101)}`, /^--models names 100 models at most\.$/],
		] as const) {
			assert.throws(
				() => plan(...args.split(' ')),
				(error) => error instanceof UsageError && sentence.test(error.message),
				args,
			);
		}
		assert.equal(plan('token', 'rotate', 'x', '--data', 'd').type, 'token');
	});

	it('keeps nothing in the folder where it happens to run, nor lets a token ask for no model or answers no proxy, where a variable is empty', () => {
		for (const args of [
			['--data', ''],
			['--behind-proxy', ''],
			['token', 'add', 'x', '--data', ''],
			['token', 'add', 'x', '--models', ''],
			['token', 'add', 'x', '--models', ' , '],
		]) {
			assert.throws(() => plan(...args), UsageError, args.join(' '));
		}
	});

	it('says in one sentence what cannot be followed', () => {
		for (const args of [
			['--port', '65536'],
			['--port', 'x'],
			['--strategy', 'none'],
			['--max-wait', '86401'],
			['--log', 'loud'],
			['serve'],
			['token'],
			['token', 'add'],
			['token', 'add', 'x', '--dollars-per-day=-1'],
			['token', 'add', 'x', '--dollars-per-day', ''],
			['token', 'add', 'x', '--dollars-per-day', '5,00'],
			['token', 'add', 'x', '--models', 'gemini-3.8-flash,*'],
			['token', 'list', 'x'],
			['token', 'add', 'x', 'y'],
			['token', 'add', 'x', '--keys', 'all'],
			['token', 'add', 'x', '--parallel', '0'],
			['token', 'add', 'x', '--models', 'gemini-3.8-flash gemini-3.5-flash-lite'],
			['--fallback-models', 'gemini-3.8-flash; gemini-3.5-flash-lite'],
		]) {
			assert.throws(() => plan(...args), UsageError, args.join(' '));
		}
	});
});
