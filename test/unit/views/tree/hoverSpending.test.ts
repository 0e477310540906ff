import assert from 'node:assert/strict';
import { rowsOf } from '../../../../src/views/shared/rows';
import { hoverOf } from '../../../../src/views/tree/hover';
import type { ProjectId } from '../../../../src/pool/pool';
import { keyView, noon, snapshotOf, spendingOf, standings, words } from '../../../support/views/snapshots';

const project = { id: 'p' as ProjectId, tier: 'paid', label: 'Shop' } as const;
/** Signs are written as numbers in it. */
const decoded = (hover: string): string =>
	hover.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
const hovers = (...keys: Parameters<typeof snapshotOf>[0]): string[] =>
	[...rowsOf(snapshotOf(keys)).byId.values()].map((row) => decoded(hoverOf(row, words, noon)));

describe('a hover', () => {
	it('tells what the project of a key has cost, against its budget', () => {
		const spending = spendingOf(1_250_000, 7_000_000, { day: 5_000_000 });
		for (const hover of hovers(keyView('A', standings.usable, { project, spending }))) {
			assert.match(hover, /Today about \$1\.25 of \$5\.00/);
			assert.match(hover, /This month about \$7\.00/);
		}
	});

	it('tells nothing of money where nothing costs any', () => {
		for (const hover of hovers(keyView('A', standings.usable))) assert.doesNotMatch(hover, /about|\$\d/);
	});
});
