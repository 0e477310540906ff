import assert from 'node:assert/strict';
import { isToken, readRecord, trimAddress, writeRecord } from '../../../src/teamGateway/gatewayRecord';
import { readStatus } from '../../../src/teamGateway/toldStatus';

const token = `kp_${'a'.repeat(43)}`;

describe('the address and the token of a team’s gateway', () => {
	it('are taken as tools name them, with the path of an API or without', () => {
		for (const text of ['', '/', '//', '/v1', '/v1beta', '/v1beta/', '/v1beta/openai', '/V1/']) {
			assert.equal(trimAddress(` https://kp.example${text} `), 'https://kp.example', text);
		}
		assert.equal(trimAddress('https://kp.example/team/v1'), 'https://kp.example/team');
		assert.equal(trimAddress('/'.repeat(100_000)), '');
		assert.ok(isToken(token));
		for (const other of ['', 'kp_', 'AIza', `${token} `, `x${token}`]) assert.ok(!isToken(other), other);
	});

	it('are read as they were stored, and not at all where they are damaged', () => {
		const record = { address: 'https://kp.example', token };
		assert.deepEqual(readRecord(writeRecord(record)), record);
		for (const stored of [
			undefined,
			'',
			'null',
			'{',
			'[]',
			JSON.stringify({ v: 2, ...record }),
			JSON.stringify({ v: 1, address: record.address }),
			JSON.stringify({ v: 1, ...record, address: 'http://kp.example' }),
			JSON.stringify({ v: 1, ...record, address: 'https://a:b@kp.example' }),
			JSON.stringify({ v: 1, ...record, token: 'AIza' }),
		]) {
			assert.equal(readRecord(stored), undefined, stored);
		}
	});
});

describe('what a gateway tells', () => {
	it('has each model once, and numbers that can be shown', () => {
		const models = [{ model: 'm', isUsable: true }, { model: 'm' }, { model: 'n' }];
		const today = { requests: 1e308, dollars: 1e308, maxDollars: 1e300 };
		const status = readStatus({ v: 1, client: 'x', models, today }, 0) ?? assert.fail('it is read');
		assert.deepEqual(status.models, [
			{ model: 'm', isUsable: true },
			{ model: 'n', isUsable: false },
		]);
		for (const value of [status.requests.used, status.dollars.used, status.dollars.max]) {
			assert.ok(Number.isFinite((value ?? NaN) * 1_000_000), String(value));
		}
	});

	it('is when the token ends, however far away: a quota that is back in more than a month there is not', () => {
		const far = 90 * 24 * 3_600_000;
		const models = [{ model: 'm', waitMs: far }];
		const status = readStatus({ v: 1, client: 'x', expiresInMs: far, models, today: { endsInMs: far } }, 5);
		assert.equal(status?.expiresAt, far + 5);
		const month = 32 * 24 * 3_600_000 + 5;
		assert.deepEqual([status.dayEndsAt, status.models[0]?.backAt], [month, month]);
	});

	it('is read within bounds, whatever it is', () => {
		const told = { v: 1, client: 'c'.repeat(500), models: Array.from({ length: 200 }, (_, n) => ({ model: `m${n}` })) };
		const status = readStatus(told, 0);
		assert.deepEqual([status?.client.length, status?.models.length, status?.state], [60, 50, 'open']);
		for (const body of [undefined, null, 1, 'x', [], {}, { v: 2, client: 'x' }, { v: 1 }]) {
			assert.equal(readStatus(body, 0), undefined);
		}
		const odd = readStatus(
			{
				...{ v: 1, client: 'x', state: 'odd', keys: 'odd', expiresInMs: 1e300, models: [{ model: '$(x)' }, 1, null] },
				today: { requests: -1, dollars: Number.NaN, maxDollars: 'much', endsInMs: -5 },
			},
			1_000,
		);
		assert.deepEqual([odd?.state, odd?.keys, odd?.models, odd?.dollars], ['open', 'any', [], { used: 0 }]);
		assert.deepEqual([odd?.requests, odd?.dayEndsAt], [{ used: 0 }, 1_000]);
		assert.ok((odd?.expiresAt ?? 0) < 1e13);
	});
});
