import assert from 'node:assert/strict';
import manifest from '../../../../package.json';
import { modelNameIn } from '../../../../src/gemini/request/address';
import { loadSdk, roomOver, run } from '../../../support/gemini/room';

const paths = [
	'%2e%2e/%2e%2e/v1/files',
	'../files',
	'.',
	' .. ',
	'models/..',
	'models/../files',
	'tunedModels/mine',
	'a#',
	'a?key=b',
	'a/b',
	'a%20b',
	'a b',
	'',
	'a\nb',
	'a:countTokens',
	'm'.repeat(101),
];
/** Put in the wrong field. The record of quotas, metrics and a team's server know models by their names. */
const secrets = [`AIza${'x'.repeat(35)}`, `models/AQ.${'x'.repeat(48)}`, ` kp_${'x'.repeat(43)} `];
const names = ['gemini-3.8-flash', 'models/gemini-3.8-flash', ' gemini_2.5 ', 'm'.repeat(100)];

describe('the name of a model', () => {
	it('is what the manifest takes for one, and nothing else', () => {
		const { properties } = manifest.contributes.configuration;
		const rules = [properties['keypool.model'].pattern, properties['keypool.fallbackModels'].items.pattern];
		for (const rule of rules)
			for (const text of [...paths, ...secrets, ...names])
				assert.equal(modelNameIn(text) !== undefined, new RegExp(rule, 'u').test(text), JSON.stringify(text));
		assert.ok([...paths, ...secrets].every((text) => modelNameIn(text) === undefined));
	});

	it('is told without what stands around it', () => {
		assert.deepEqual(names.map(modelNameIn), ['gemini-3.8-flash', 'gemini-3.8-flash', 'gemini_2.5', 'm'.repeat(100)]);
	});

	describe('that is a path, a key or a token', () => {
		before(loadSdk);
		it('is sent nowhere, whoever asks for it', async () => {
			let calls = 0;
			const gemini = roomOver(() => {
				calls++;
				return Promise.reject(new Error('sent'));
			});
			for (const model of [...paths, ...secrets]) {
				const { thrown } = await run(gemini, { model });
				assert.match(String(thrown), /badRequest|no name of a model/);
			}
			assert.equal(calls, 0);
		});
	});
});
