import assert from 'node:assert/strict';
import { bannerOver } from '../../../../src/chat/view/banner';
import type { EndedAnswer } from '../../../../src/chat/model/answer';
import type { Reason, Snapshot } from '../../../../src/pool/pool';
import { createWords } from '../../../../src/localization/words';
import { filled } from '../../../../src/webviews/shared/format';
import { badKey, fails, leaked, Rig } from '../../../support/pool/rig';
import { done, turn } from '../../../support/chat/fixtures';

const words = createWords(filled, { language: 'en' }, () => 0);
const failed = (reason: Reason): EndedAnswer => ({
	state: 'failed',
	text: '',
	reason,
	facts: {},
	summary: { ms: 1, attempts: [] },
});

/** A pool that an abuse signal has paused. */
async function paused(name = 'a'): Promise<Snapshot> {
	const rig = new Rig({ [name]: {}, b: {} }, () => fails(leaked));
	await rig.answer();
	return rig.pool.snapshot();
}

describe('the banner over the input box', () => {
	it('says why nothing can be answered, with the button that helps, while the pool is paused', async () => {
		const banner = bannerOver([], await paused(), words);
		assert.match(
			banner?.view.text ?? '',
			/has paused to protect your keys\. a: Google has reported this key as leaked/,
		);
		assert.deepEqual([banner?.view.action, banner?.command], ['Resume', 'keypool.resume']);
	});

	it('names the key with no mark that turns what follows', async () => {
		const banner = bannerOver([], await paused('cat-\u202egnp.ts'), words);
		assert.match(banner?.view.text ?? '', /keys\. cat-\ufffdgnp\.ts: Google/);
	});

	it('does not say again what the last answer says right above it', async () => {
		const pool = await paused();
		const over = (...whys: readonly Reason[]) =>
			bannerOver(
				whys.map((reason, at) => turn(String(at), 'q', failed(reason))),
				pool,
				words,
			)?.reason;
		assert.equal(over('paused'), undefined);
		assert.equal(over('leaked'), 'paused', 'that is another reason');
		assert.equal(over('paused', 'network'), 'paused', 'it is further up');
		assert.equal(bannerOver([turn('1', 'q', done('a'))], pool, words)?.reason, 'paused');
	});

	it('says of keys that cannot be read that they are not lost, where the welcome would ask for new ones', () => {
		const empty = new Rig({}, () => fails(leaked)).pool.snapshot();
		const banner = bannerOver([], empty, words, 'locked');
		assert.deepEqual([banner?.reason, bannerOver([], empty, words)], ['keysLocked', undefined]);
		assert.match(banner?.view.text ?? '', /They are not lost/);
	});

	it('offers to add a key where there is none any more under a conversation, which has no welcome', () => {
		const empty = new Rig({}, () => fails(leaked)).pool.snapshot();
		const banner = bannerOver([turn('1', 'q', done('a'))], empty, words);
		assert.deepEqual([banner?.reason, banner?.command], ['noKeys', 'keypool.addKey']);
		assert.equal(banner?.view.link?.url, 'https://aistudio.google.com/apikey');
	});

	it('says that only paid keys may be used where no key is one', () => {
		const keys = { free: {}, paid: { project: 'shop', tier: 'paid' } } as const;
		const over = ({ pool }: Rig) => bannerOver([], pool.snapshot(), words)?.reason;
		assert.equal(over(new Rig(keys, () => fails(leaked), { paidOnly: true })), undefined);
		assert.equal(over(new Rig({ free: {} }, () => fails(leaked), { paidOnly: true })), 'paidOnly');
		assert.equal(over(new Rig({ free: {} }, () => fails(leaked))), undefined);
	});

	it('says that no key can answer where the only paid one needs attention and free ones may not be used', async () => {
		const rig = new Rig({ free: {}, paid: { project: 'shop', tier: 'paid' } }, () => fails(badKey), { paidOnly: true });
		await rig.answer().catch(() => undefined);
		assert.equal(bannerOver([], rig.pool.snapshot(), words)?.reason, 'noUsableKey');
	});

	it('says what the only key needs, and of a team’s gateway that it wants another token: nobody need wait for that', async () => {
		const rig = new Rig({ a: {} }, () => fails(badKey));
		await rig.answer().catch(() => undefined);
		const over = (isGatewayUsed: boolean) =>
			bannerOver(
				[],
				rig.pool.snapshot(),
				createWords(
					filled,
					{ language: 'en' },
					() => 0,
					() => isGatewayUsed,
				),
			);
		assert.deepEqual([over(false)?.reason, over(false)?.command], ['badKey', 'keypool.addKey']);
		assert.match(over(true)?.view.text ?? '', /^The gateway does not know this token\./);
		assert.equal(over(true)?.command, 'keypool.useTeamGateway');
		assert.equal(bannerOver([turn('1', 'q', failed('badKey'))], rig.pool.snapshot(), words), undefined);
	});

	it('says of keys that are all disabled that none is enabled, and says it once', () => {
		const off = new Rig({ a: { enabled: false } }, () => fails(leaked)).pool.snapshot();
		const banner = bannerOver([], off, words);
		assert.deepEqual([banner?.view.text, banner?.command], ['No key is enabled.', 'keypool.keys.focus']);
		assert.equal(bannerOver([turn('1', 'q', failed('noKeys'))], off, words), undefined);
	});

	it('is not there while questions are answered', () => {
		assert.equal(bannerOver([], new Rig({ a: {} }, () => fails(leaked)).pool.snapshot(), words), undefined);
	});
});
