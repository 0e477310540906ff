import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { failureOf } from '../../../../src/gemini/errors/failure';
import { ServiceError } from '../../../../src/gemini/errors/serviceError';

const folder = path.join(__dirname, '../../../fixtures/errors');
const tierOf = (body: string): string | undefined => failureOf(new ServiceError(body), (text) => text).tier;
const refused = (error: Readonly<Record<string, unknown>>): string | undefined =>
	tierOf(JSON.stringify({ error: { message: 'x', ...error } }));
const quota = (violation: Readonly<Record<string, string>>, code = 429) => ({
	code,
	details: [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [violation] }],
});

describe('gemini: the tier that a failure shows', () => {
	it('is free in every recorded body of a free quota, and in no other', () => {
		const files = readdirSync(folder).filter((name) => name !== 'index.json');
		const free = files.filter((name) => tierOf(readFileSync(path.join(folder, name), 'utf8')) === 'free');
		assert.deepEqual(free.sort(), [
			'429_limit0_pro_free.json',
			'429_rpd_free_flash_long_delay.json',
			'429_rpd_free_flash_short_delay.json',
			'429_rpm_free.json',
			'429_rpm_free_python_repr.json',
			'429_tpm_free.json',
		]);
	});

	it('is told by the name of a quota, as an id, as a metric, in older bodies and where only the words are left', () => {
		assert.equal(refused(quota({ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' })), 'free');
		assert.equal(refused(quota({ quotaMetric: 'generativelanguage.googleapis.com/x_free_tier_requests' })), 'free');
		const legacy = { reason: 'RATE_LIMIT_EXCEEDED', metadata: { quota_limit: 'PerMinute-FreeTier' } };
		assert.equal(refused({ code: 429, details: [legacy] }), 'free');
		const words = 'Quota exceeded for metric: generativelanguage.googleapis.com/x_free_tier_requests, limit: 20';
		assert.equal(refused({ code: 429, message: words }), 'free');
	});

	it('is not told by advice, by a paid quota, nor by a name in another kind of refusal', () => {
		assert.equal(
			refused({ code: 429, message: 'You can leave the free tier at any time. FreeTier free_tier' }),
			undefined,
		);
		assert.equal(refused(quota({ quotaId: 'GenerateRequestsPerDayPerProjectPerModel' })), undefined);
		assert.equal(refused(quota({ quotaMetric: 'generativelanguage.googleapis.com/x_paid_tier_requests' })), undefined);
		assert.equal(refused(quota({ quotaId: 'PerDay-FreeTier' }, 400)), undefined);
	});
});
