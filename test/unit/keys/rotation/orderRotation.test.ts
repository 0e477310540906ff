import assert from 'node:assert/strict';
import { OrderRotation } from '../../../../src/keys/rotation/orderRotation';
import * as turns from '../../../../src/keys/rotation/rotationSchedule';
import type { Key, KeyId, ProjectId } from '../../../../src/pool/pool';
import { VirtualClock } from '../../../support/virtualClock';
import { settingsOf, Written } from '../../../support/written';

const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id): Key => ({
	id: id as KeyId,
	project: id as ProjectId,
	label: id,
	mask: id,
	sortOrder: id,
	role: 'primary',
	weight: 1,
	enabled: true,
}));
const evening = new Date(2026, 10, 24, 23, 0, 0).getTime();

function open(rotation: string, clock = new VirtualClock(evening)) {
	const source = new Written({ rotation });
	const settings = settingsOf(source, { invalid: () => undefined });
	const refused: string[] = [];
	const heard: string[] = [];
	const order = new OrderRotation({
		expression: settings.rotation,
		clock,
		onInvalid: (expression) => refused.push(expression),
		report: rethrow,
	});
	const first = (): string => order.order(keys)[0]?.id ?? '';
	order.onDidChange(() => heard.push(first()));
	const set = (value: string): void => source.write({ rotation: value });
	return { clock, order, first, heard, refused, set };
}

function rethrow(error: unknown): void {
	throw error;
}

/** The key that comes first after so many turns. */
const nth = (turns: number): string => keys[turns % keys.length]?.id ?? '';

describe('the order of the keys', () => {
	it('is the stored one while rotation is off', async () => {
		const { first, heard, clock } = open('off');
		await clock.advance(3 * 86_400_000);
		assert.deepEqual([first(), heard, clock.pending], ['a', [], 0]);
	});

	it('changes once at each local midnight, and is the same in a window that opens then', async () => {
		const { first, heard, clock } = open('daily');
		const today = turns.localDayNumber(new Date(evening));
		await clock.settle();
		assert.equal(first(), nth(today));
		heard.length = 0;
		await clock.advance(59 * 60_000);
		assert.deepEqual(heard, []);
		await clock.advance(2 * 60_000);
		assert.deepEqual(heard, [nth(today + 1)]);
		await clock.advance(24 * 3_600_000);
		assert.deepEqual(heard.slice(1), [nth(today + 2)]);
		const later = open('daily', new VirtualClock(clock.wall()));
		await later.clock.settle();
		assert.equal(later.first(), first());
	});

	it('follows a cron expression, and changes of the setting', async () => {
		const { first, heard, set, clock } = open('30 * * * *');
		await once(() => first() !== 'a' || heard.length > 0);
		const before = heard.length;
		await clock.advance(2 * 3_600_000);
		assert.equal(heard.length - before, 2);
		set('off');
		assert.equal(first(), 'a');
		await clock.advance(2 * 3_600_000);
		assert.equal(first(), 'a');
		assert.equal(clock.pending, 0);
	});

	it('stays as stored if the expression is invalid, and reports it', async () => {
		const { first, refused, clock } = open('99 * * * *');
		await once(() => refused.length > 0);
		assert.deepEqual([first(), refused, clock.pending], ['a', ['99 * * * *'], 0]);
	});

	it('does not change after it is disposed', async () => {
		const { order, heard, clock } = open('daily');
		order.dispose();
		await clock.advance(2 * 86_400_000);
		assert.deepEqual([heard, clock.pending], [[], 0]);
	});
});

/** Lets what is being read from the disk arrive. */
async function once(isSo: () => boolean): Promise<void> {
	while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
