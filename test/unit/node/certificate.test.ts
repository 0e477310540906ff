import assert from 'node:assert/strict';
import { generate } from 'selfsigned';
import { hostsInCertificate, isKeyOf, lifetimeOf } from '../../../src/node/certificate';

const certificateFor = (...altNames: readonly object[]) =>
	generate([{ name: 'commonName', value: 'not.read.example' }], {
		extensions: [{ name: 'subjectAltName', altNames: altNames as never }],
	});

describe('a certificate', () => {
	it('is for the hosts of its subjectAltName, as clients write them', async () => {
		const { cert } = await certificateFor(
			{ type: 2, value: 'KP.example' },
			{ type: 2, value: '*.team.example' },
			{ type: 7, ip: '192.0.2.7' },
			{ type: 7, ip: '2001:db8::7' },
		);
		assert.deepEqual(hostsInCertificate(cert), ['kp.example', '*.team.example', '192.0.2.7', '[2001:db8::7]']);
		assert.equal(hostsInCertificate('no certificate'), undefined);
	});

	it('has one key, and no other', async () => {
		const [one, other] = [await certificateFor(), await certificateFor()];
		assert.equal(isKeyOf(one.cert, one.private), true);
		for (const key of [other.private, one.cert, '']) assert.equal(isKeyOf(one.cert, key), false);
	});

	it('holds for a time', async () => {
		const [from, to] = [Date.UTC(2025, 0, 1), Date.UTC(2025, 1, 1)];
		const dates = { notBeforeDate: new Date(from), notAfterDate: new Date(to) };
		const { cert } = await generate([{ name: 'commonName', value: 'kp.example' }], dates);
		assert.deepEqual(lifetimeOf(cert), { from, to });
	});
});
