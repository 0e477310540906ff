import assert from 'node:assert/strict';
import type { BodyName } from '../../../../src/simulator/bodies/bodies';
import { flash, lite } from '../../../support/simulator/stand';
import { loadSdk } from '../../../support/gemini/room';
import { always, ThroughPool, type Meets } from '../../../support/gemini/throughPool';

const error = (body: BodyName): Meets => always({ kind: 'error', body });

describe('gemini through the pool: a re-check that tells nothing about the key', () => {
	before(loadSdk);

	it('is no more than a failed one: it is not repeated for ever', async () => {
		const rig = new ThroughPool({
			a: {
				faults: [
					{ when: 'always', on: 'generation', kind: 'error', body: '401_access_token_type_unsupported' },
					{ when: 'always', on: 'everything', kind: 'error', body: '403_permission_denied' },
				],
			},
		});
		await rig.ask(flash);
		const left = (): number | undefined => {
			const availability = rig.pool.snapshot().keys[0]?.availability;
			return availability?.state === 'quarantined' ? availability.recheckAt : undefined;
		};
		assert.notEqual(left(), undefined);
		await rig.clock.advance(3_600_000);
		assert.deepEqual([rig.standings(), left()], [['quarantined badKey'], undefined]);
		assert.equal(rig.lists.length, 3);
	});

	it('that trouble of the service or of the way swallows is asked again', async () => {
		for (const failing of [
			{ kind: 'error', body: '500_internal' },
			{ kind: 'html', status: 403 },
		] as const) {
			const rig = new ThroughPool({
				a: {
					faults: [
						{ when: 'always', on: 'generation', kind: 'error', body: '401_access_token_type_unsupported' },
						{ when: 'always', on: 'everything', ...failing },
					],
				},
			});
			await rig.ask(flash);
			await rig.clock.advance(3_600_000);
			assert.ok(rig.lists.length > 10);
		}
	});
});

describe('gemini through the pool: what is said where no send is left', () => {
	before(loadSdk);

	it('is the trouble itself, not the count of tries', async () => {
		const overloaded = new ThroughPool({ a: error('503_overloaded') });
		assert.equal((await overloaded.ask(flash, lite)).end, 'overloaded');
		const broken = new ThroughPool({ a: {} });
		broken.lost = 'ECONNRESET';
		assert.equal((await broken.ask(flash, lite)).end, 'network');
	});
});
