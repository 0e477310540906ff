import assert from 'node:assert/strict';
import { validateBaseUrl, type BaseUrlCheck } from '../../../../src/gemini/request/address';

describe('gemini: the address of the service', () => {
	const other = (host: string): BaseUrlCheck => ({ ok: true, kind: 'other', host });
	const loopback = (host: string): BaseUrlCheck => ({ ok: true, kind: 'loopback', host });
	const refused = (reason: Extract<BaseUrlCheck, { ok: false }>['reason']): BaseUrlCheck => ({ ok: false, reason });
	const google: BaseUrlCheck = { ok: true, kind: 'google', host: 'generativelanguage.googleapis.com' };

	const cases: readonly (readonly [string, BaseUrlCheck])[] = [
		['https://generativelanguage.googleapis.com', google],
		[' https://GenerativeLanguage.googleapis.com:443/ ', google],
		['https://generativelanguage.googleapis.com:8443', other('generativelanguage.googleapis.com:8443')],
		['https://generativelanguage.googleapis.com.evil.invalid', other('generativelanguage.googleapis.com.evil.invalid')],
		['https://generativelanguage.googleapis.com@evil.invalid', refused('credentials')],
		['https://gateway.invalid/gemini', other('gateway.invalid')],
		['http://generativelanguage.googleapis.com', refused('notHttps')],
		['http://gateway.invalid', refused('notHttps')],
		['ftp://localhost', refused('notHttps')],
		['http://localhost:8787', loopback('localhost:8787')],
		['http://127.0.0.1:8787', loopback('127.0.0.1:8787')],
		['http://127.1', loopback('127.0.0.1')],
		['http://[::1]:8787', loopback('[::1]:8787')],
		['https://localhost', loopback('localhost')],
		['http://127.0.0.1.evil.invalid', refused('notHttps')],
		['http://localhost.evil.invalid', refused('notHttps')],
		['http://0.0.0.0', refused('notHttps')],
		['https://user:pw@gateway.invalid', refused('credentials')],
		['https://gateway.invalid/?key=x', refused('query')],
		['https://gateway.invalid?', refused('query')],
		['https://gateway.invalid/#x', refused('query')],
		['gateway.invalid', refused('notAUrl')],
		['', refused('notAUrl')],
		['https://', refused('notAUrl')],
		['javascript:alert(1)', refused('notAUrl')],
		// Found by fuzzing: a parser leaves these out, and then the path comes after them.
		['https://gateway.invalid\0', refused('notAUrl')],
		['https://gate\tway.invalid', refused('notAUrl')],
	];
	for (const [url, check] of cases) {
		it(`${JSON.stringify(url)}: ${check.ok ? check.kind : check.reason}`, () => {
			assert.deepEqual(validateBaseUrl(url), check);
		});
	}
});
