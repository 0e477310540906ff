import assert from 'node:assert/strict';
import type { KeyId, ProjectId } from '../../../src/pool/pool';
import type { TeamKey } from '../../../src/team/documents/identity';
import type { TeamLink } from '../../../src/team/link/link';
import { useTeamWindows } from '../../support/team/useTeamWindows';

const keyWith = (number: string): TeamKey => {
	return { id: 'a' as KeyId, project: 'p-a' as ProjectId, secret: 'sim-a', number };
};

describe('two machines that know another number of one key’s project', () => {
	const windows = useTeamWindows();

	it('do not correct each other for ever: whoever comes second keeps theirs to themselves', async () => {
		let commits = 0;
		const counted = (link: TeamLink): TeamLink => ({
			...link,
			commit: (commit) => {
				commits++;
				return link.commit(commit);
			},
		});
		const stores = [windows().openMachine({ tamper: counted }), windows().openMachine({ tamper: counted })];
		for (const [at, store] of stores.entries()) {
			store.setKeys([keyWith(at === 0 ? '111' : '222')]);
			await windows().until(store.transact((tx) => tx.key('a' as KeyId)));
		}
		await windows().spread();
		commits = 0;
		for (let times = 0; times < 5; times++) await windows().spread();
		assert.equal(commits, 0);
		for (const store of stores) assert.equal(store.isOnline, true);
	});

	it('follow one that is corrected where it was taught', async () => {
		const [one, two] = [windows().openMachine(), windows().openMachine()];
		const { number: _, ...unknown } = keyWith('');
		one.setKeys([keyWith('111')]);
		two.setKeys([unknown]);
		const rows = async (): Promise<number> => {
			let taught = 0;
			for (const store of [one, two]) {
				await windows().until(
					store.transact((tx) => {
						const doc = tx.cooldown('p-a/m' as never) ?? { v: 2 as const, spans: [] };
						const spans = [...doc.spans, { reason: 'rpm' as const, from: taught, until: ++taught }];
						tx.put({ kind: 'cooldown', id: 'p-a/m' as never, doc: { ...doc, spans } });
					}),
				);
				await windows().spread();
			}
			return one.replica().cooldown.get('p-a/m' as never)?.spans.length ?? 0;
		};
		await windows().spread();
		assert.equal(await rows(), 2, 'both write one document');
		one.setKeys([keyWith('222')]);
		await windows().eventually(() => one.isOnline, 10);
		await windows().spread();
		await windows().spread();
		assert.equal(await rows(), 4, 'and they still do');
	});
});
