import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bodyNames, isBodyName, type BodyName } from '../../../../src/simulator/bodies/bodies';
import { createStand, flash } from '../../../support/simulator/stand';

const folder = join(__dirname, '../../../fixtures/errors');
const fixtures = readdirSync(folder)
	.filter((file) => file !== 'index.json')
	.map((file) => ({
		name: file.replace('.json', ''),
		json: JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown,
	}));

/** Values that tell bodies apart for a client; the others (numbers, names, whole messages) may differ from call to call. */
const telling = new Set([
	'@type',
	'reason',
	'status',
	'code',
	'quotaId',
	'quotaMetric',
	'quotaValue',
	'domain',
	'service',
]);

/** The body with every value that may differ replaced by its type. */
function shapeOf(value: unknown, key = ''): unknown {
	if (Array.isArray(value)) {
		return value.map((one) => shapeOf(one));
	}
	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one, name)]));
	}
	return telling.has(key) ? value : typeof value;
}

/** A message without what differs from call to call. */
function wordingOf(json: unknown): string {
	return JSON.stringify(json, (key, value: unknown) =>
		key === 'message' || key === 'error' || key === '0' || key === '' ? value : undefined,
	)
		.replace(/gemini-[\w.-]+/g, 'MODEL')
		.replace(/models\/[\w-]+/g, 'models/MODEL')
		.replace(/retry in [\dhm.]+s/g, 'retry in DELAY')
		.replace(/api_key:[^']+/g, 'api_key:KEY')
		.replace(/v1beta\.GenerativeService\.\w+/g, 'METHOD')
		.replace(/for (\w+GenerateContent|generateContent)\./g, 'for VERB.')
		.replace(/\b\d{12}\b/g, 'PROJECT');
}

async function answerOf(
	body: BodyName,
	wrapping?: 'plain' | 'array' | 'double',
): Promise<{ status: number; json: unknown }> {
	const { service } = createStand({
		keys: [
			{
				secret: 'sim-one',
				project: 'one',
				faults: [{ when: 'always', kind: 'error', body, ...(wrapping && { wrapping }) }],
			},
		],
	});
	const response = await service.fetch(`https://simulator.invalid/v1beta/models/${flash}:generateContent`, {
		method: 'POST',
		headers: { 'x-goog-api-key': 'sim-one' },
		body: '{"contents":[{}]}',
	});
	return { status: response.status, json: await response.json() };
}

describe('simulator: error bodies', () => {
	for (const { name, json } of fixtures) {
		it(`has the shape and the words of the capture ${name}`, async () => {
			assert.ok(isBodyName(name), 'the simulator lacks this body');
			const answer = await answerOf(name);
			assert.equal(answer.status, Number(name.slice(0, 3)));
			assert.deepEqual(shapeOf(answer.json), shapeOf(json));
			assert.equal(wordingOf(answer.json), wordingOf(json));
		});
	}

	it('repeats the whole key in the suspension body, as the real one does, and nowhere in the log', async () => {
		const { service, client, clock } = createStand();
		service.setFaults([{ when: 'always', kind: 'error', body: '403_consumer_suspended' }]);
		await assert.rejects(
			clock.until(client().models.generateContent({ model: flash, contents: 'x' })),
			/api_key:sim-one'/,
		);
		assert.ok(!JSON.stringify(service.log).includes('sim-one'));
		assert.equal(service.log[0]?.tail, '-one');
	});

	it('wraps any body into an array or into another message', async () => {
		for (const name of bodyNames) {
			const plain = await answerOf(name, 'plain');
			const array = await answerOf(name, 'array');
			assert.deepEqual(array.json, Array.isArray(plain.json) ? plain.json : [plain.json]);
			const { json } = await answerOf(name, 'double');
			assert.ok(typeof json === 'object' && json !== null && 'error' in json);
			const { error } = json;
			assert.ok(typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string');
			assert.deepEqual(JSON.parse(error.message), plain.json);
		}
	});
});
