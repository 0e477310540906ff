import assert from 'node:assert/strict';
import { moved } from '../../../../src/editor/apply/trackedSpan';

const change = (rangeOffset: number, rangeLength: number, text: string) => ({ rangeOffset, rangeLength, text });
const span = { start: 10, end: 20 };

describe('A span of a text that is edited', () => {
	it('moves with what changes before it', () => {
		assert.deepEqual(moved(span, [change(0, 0, 'abc')]), { start: 13, end: 23 });
		assert.deepEqual(moved(span, [change(2, 5, '')]), { start: 5, end: 15 });
		assert.deepEqual(moved(span, [change(10, 0, 'xy')]), { start: 12, end: 22 });
	});

	it('stays with what changes after it', () => {
		assert.deepEqual(moved(span, [change(20, 0, 'abc'), change(25, 1, '')]), span);
	});

	it('is lost when what it holds changes', () => {
		for (const inside of [
			change(10, 1, ''),
			change(15, 0, 'x'),
			change(5, 6, ''),
			change(0, 40, 'all'),
			change(19, 3, ''),
		]) {
			assert.equal(moved(span, [inside]), undefined);
		}
	});

	it('is lost at once among several changes', () => {
		assert.equal(moved(span, [change(30, 1, ''), change(12, 1, 'y'), change(0, 1, '')]), undefined);
	});

	it('of no length is lost only where something is typed into its place', () => {
		assert.equal(moved({ start: 4, end: 4 }, [change(4, 0, 'x')]), undefined);
		assert.deepEqual(moved({ start: 4, end: 4 }, [change(3, 0, 'x')]), { start: 5, end: 5 });
		assert.deepEqual(moved({ start: 4, end: 4 }, [change(5, 0, 'x')]), { start: 4, end: 4 });
	});
});
