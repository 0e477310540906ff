import assert from 'node:assert/strict';
import { base64 } from '../../../src/common/base64';
import { timesAsLong } from '../../support/fastEnough';

/** As in a browser, which has no `Buffer`. */
function inBrowser(act: () => void): void {
	const { Buffer: node } = globalThis;
	Reflect.deleteProperty(globalThis, 'Buffer');
	try {
		act();
	} finally {
		globalThis.Buffer = node;
	}
}

describe('bytes as base64', () => {
	const bytes = Uint8Array.from({ length: 1_000_003 }, (_, n) => n * 7);

	it('are the same on Node and in a browser, of a part of a buffer as well', () => {
		for (const part of [new Uint8Array(), bytes.subarray(5, 9), bytes]) {
			const expected = Buffer.from(part).toString('base64');
			assert.equal(base64(part), expected);
			inBrowser(() => assert.equal(base64(part), expected));
		}
	});

	it('are made as quickly as Node can: an agent sends all pictures of its conversation again with each turn', () => {
		const text = 'x'.repeat(bytes.length);
		const asText = (): void => void btoa(text);
		// Measured: a third. It was 30 times and more, which was a second for four megabytes.
		const times = timesAsLong(() => void base64(bytes), asText);
		assert.ok(times < 5, `${times} times`);
	});
});
