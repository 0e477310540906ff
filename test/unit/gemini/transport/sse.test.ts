import assert from 'node:assert/strict';
import { EventReader } from '../../../../src/gemini/transport/sse';
import { timesAsLong } from '../../../support/fastEnough';

const pushing = (pieces: readonly string[]) => (): void => {
	const reader = new EventReader();
	for (const piece of pieces) reader.push(piece);
	reader.end();
};

describe('the event reader', () => {
	it('keeps stray lines, each with its end, and at most 64 KiB of them', () => {
		const reader = new EventReader();
		reader.push('<html>\n<body>\ndata: {}\n\n');
		assert.equal(reader.strayText, '<html>\n<body>\n');
		reader.push(`${'x'.repeat(100_000)}\nmore\n`);
		assert.equal(reader.strayText, `<html>\n<body>\n${'x'.repeat(100_000)}`.slice(0, 65_536));
		const many = new EventReader();
		many.push('stray\n'.repeat(20_000));
		assert.equal(many.strayText, 'stray\n'.repeat(20_000).slice(0, 65_536));
	});

	it('finds the events among them, whatever the pieces are', () => {
		const text = 'stray\r\ndata: one\r\n\r\nevent: error\rdata: two\r\rtail';
		for (const size of [1, 2, 3, 7, text.length]) {
			const reader = new EventReader();
			const events = [];
			for (let at = 0; at < text.length; at += size) events.push(...reader.push(text.slice(at, at + size)));
			assert.deepEqual(events, [
				{ name: 'message', data: 'one' },
				{ name: 'error', data: 'two' },
			]);
			assert.equal(reader.end(), undefined);
			assert.equal(reader.strayText, 'stray\ntail\n');
		}
	});

	it('takes many stray lines as quickly as lines that belong', () => {
		// Measured: once. It was 15 times and more, because all that was kept was copied for each line.
		const times = timesAsLong(pushing(['x\n'.repeat(200_000)]), pushing([':\n'.repeat(200_000)]));
		assert.ok(times < 6, `${times} times`);
	});

	it('takes a long line in many pieces as quickly as many lines', () => {
		const pieces = (end: string) => Array.from({ length: 50_000 }, () => `${'x'.repeat(20)}${end}`);
		const times = timesAsLong(pushing(pieces('')), pushing(pieces('\n')));
		assert.ok(times < 15, `${times} times`);
	});
});
