import assert from 'node:assert/strict';
import { toolInput } from '../../../../src/languageModel/toolSchema/toolInput';
import { timesAsLong } from '../../../support/fastEnough';

describe('the cost of converting a tool’s schema', () => {
	it('takes no longer for many references by a name: each is not looked for through all of it', () => {
		const $defs = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`d${n}`, {}]));
		const schema = ($ref: string) => ({
			type: 'object',
			properties: Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`p${n}`, { $ref }])),
			$defs: { ...$defs, last: { $anchor: 'last', type: 'string' } },
		});
		const [byName, byPath] = [schema('#last'), schema('#/$defs/last')];
		assert.deepEqual(toolInput(byName), toolInput(byPath));
		const times = timesAsLong(
			() => toolInput(byName),
			() => toolInput(byPath),
		);
		assert.ok(times < 20, `${times.toFixed(0)} times as long`);
	});

	it('takes hardly longer for parts that must hold together than for one that says all', () => {
		const properties = Array.from({ length: 400 }, (_, n) => ({ [`p${n}`]: { description: `${n}`.padEnd(5_000) } }));
		const inParts = { type: 'object', allOf: properties.map((one) => ({ properties: one })) };
		const whole = { type: 'object', properties: Object.fromEntries(properties.flatMap((one) => Object.entries(one))) };
		assert.deepEqual(toolInput(inParts), toolInput(whole));
		const times = timesAsLong(
			() => toolInput(inParts),
			() => toolInput(whole),
		);
		assert.ok(times < 120, `${times.toFixed(0)} times as long`);
	});
});
