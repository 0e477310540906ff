import assert from 'node:assert/strict';
import { createSecureContext } from 'node:tls';
import { generate } from 'selfsigned';
import { authoritiesIn } from '../../../../src/team/valkey/authorities';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the file of a certificate authority', () => {
	let pem: string;
	let der: Uint8Array;
	before(async () => {
		pem = (await generate([{ name: 'commonName', value: 'ca.example' }])).cert;
		der = Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ''), 'base64');
	});

	it('is read as PEM, with whatever stands around it, and as DER', () => {
		const windows = `\ufeffsubject=ca\r\n${pem.replaceAll('\n', '\r\n')}\r\nmore`;
		// As PowerShell writes what a program tells it.
		for (const file of [bytes(pem), bytes(windows), Buffer.from(windows, 'utf16le'), der]) {
			const read = authoritiesIn(file) ?? assert.fail('nothing is read');
			assert.ok(createSecureContext({ ca: read }));
			assert.equal(read.match(/BEGIN/g)?.length, 1);
		}
	});

	it('has as many whole certificates as an invitation can carry', () => {
		const read = authoritiesIn(bytes(`${pem}\n`.repeat(200))) ?? assert.fail('nothing is read');
		assert.ok(read.length <= 65_536 && read.length > 60_000, String(read.length));
		assert.ok(createSecureContext({ ca: read }));
	});

	it('is nothing else', () => {
		for (const text of [
			'',
			'x',
			'-----BEGIN CERTIFICATE-----\nAAAA',
			'-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
		]) {
			assert.equal(authoritiesIn(bytes(text)), undefined, text);
		}
	});
});
