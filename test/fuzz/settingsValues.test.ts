import assert from 'node:assert/strict';
import fc from 'fast-check';
import manifest from '../../package.json';
import { isLoopback, validateBaseUrl } from '../../src/gemini/request/address';
import { smtpServer } from '../../src/monitoring/alerts/smtpServer';
import { defaults, strategyNames } from '../../src/pool/pool';
import { accepts } from '../../src/settings/accepts';
import { settingsOf, Written } from '../support/written';
import { attackJson, attackLine, attackText, isUnpolluted, trickyName } from '../support/fuzz/attacks';
import { property } from '../support/fuzz/property';
import { target } from '../support/fuzz/target';

const rules: Readonly<Record<string, unknown>> = manifest.contributes.configuration.properties;
const { names } = settingsOf(new Written());
const address = attackText(
	...[
		'https://',
		'http://',
		'smtp://',
		'smtps://',
		'HTTPS:',
		'//',
		'\\\\',
		'generativelanguage.googleapis.com',
		'evil.invalid',
	],
	...[
		'localhost',
		'127.0.0.1',
		'127.1',
		'0x7f.1',
		'[::1]',
		'[::ffff:127.0.0.1]',
		'2130706433',
		'０',
		'。',
		'@',
		':',
		':443',
		'/',
	],
	...['?', '#', 'user', 'user:pass@', '%40', '%2f', '..', '.', '\t'],
);
const value = fc.oneof(
	attackJson,
	attackText('gemini-3.8-flash', 'models/', 'daily', '0 0 * * *', '* ', ' ', '@', '.', 'a@b.c'),
	address,
	fc.array(attackLine, { maxLength: 20 }),
	fc.anything({
		maxDepth: 2,
		withNullPrototype: true,
		withBigInt: true,
		withDate: true,
		withMap: true,
		withSparseArray: true,
	}),
	fc.constantFrom(0, -1, 1, 1e308, Number.NaN, Infinity, -0, 65_535, 65_536, true, false, null, '', 'off'),
);

target('settings values', {
	'are taken as the manifest allows, or count as the default': property(
		fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 6 }),
		(all) => {
			const bad: string[] = [];
			const values = Object.fromEntries(all);
			const settings = settingsOf(new Written(values), { invalid: (name) => bad.push(name) });
			const { options } = settings;
			assert.ok((strategyNames as readonly string[]).includes(options.strategy));
			assert.ok(Number.isInteger(options.maxRetries) && options.maxRetries >= 1 && options.maxRetries <= 10);
			assert.ok(options.batchConcurrency >= 1 && options.batchConcurrency <= 32);
			assert.ok(options.baseDelayMs >= 100 && options.baseDelayMs <= 30_000);
			for (const model of [options.model, ...settings.fallbackModels.value]) assert.match(model, /^[\w.-]{1,100}$/);
			for (const ms of [settings.maxWait.value, settings.idleTimeout.value, settings.firstTokenTimeout.value])
				assert.ok(ms >= 0 && ms <= 3_600_000);
			assert.ok(settings.metricsPort.value >= 0 && settings.metricsPort.value <= 65_535);
			assert.ok(
				settings.alertMailTo.value.every((mail) => !/[\r\n\0]/.test(mail)) &&
					!/[\r\n\0]/.test(settings.alertMailFrom.value),
			);
			for (const name of bad) assert.ok(Object.hasOwn(values, name));
			if (bad.length === all.length) assert.deepEqual(options, { ...defaults, paidOnly: options.paidOnly });
			settings.dispose();
			assert.ok(isUnpolluted());
		},
	),
	'are judged by rules of any shape, and none takes what it does not name': property(
		fc.tuple(fc.constantFrom(...Object.values(rules)), attackJson, fc.oneof(trickyName, attackLine), value),
		([rule, other, name, one]) => {
			accepts(other, one);
			const limits = rules['keypool.limits'];
			assert.equal(
				accepts(limits, Object.fromEntries([['Shop', { m: Object.fromEntries([[name, 1]]) }]])),
				['rpm', 'tpm', 'rpd', 'tpd'].includes(name),
			);
			accepts(rule, one);
			assert.ok(isUnpolluted());
		},
	),
	'that say where keys go name a host that hears nobody else': property(address, (text) => {
		const checked = validateBaseUrl(text);
		if (checked.ok) {
			const { protocol, hostname, host, username, password, search, hash } = new URL(text.trim());
			assert.equal(host, checked.host);
			assert.deepEqual([username, password, search, hash], ['', '', '', '']);
			assert.ok(protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname)));
			assert.equal(checked.kind === 'google', host === 'generativelanguage.googleapis.com');
			// As the SDK puts its path after it.
			assert.equal(new URL(`${text.trim().replace(/\/$/, '')}/v1beta/models`).host, host);
		}
		const mail = smtpServer(text);
		if (mail === undefined) return;
		assert.ok(mail.host !== '' && mail.port > 0 && mail.port <= 65_535);
		assert.ok(mail.encryption !== 'plain' || isLoopback(new URL(text.trim()).hostname));
		assert.ok(!/[\r\n\0 ]/.test(mail.host));
	}),
});
