import assert from 'node:assert/strict';
import type { ClientRecord } from '../../../../src/gateway/gateway';
import type * as used from '../../../../src/localGateway/view/clientsTree';
import { clientScope, initialSpending } from '../../../../src/pool/budget/spending';
import { ClientCounts, type ClientView } from '../../../../src/pool/pool';
import { EditorStandIn } from '../../../support/ui/editor';
import { words } from '../../../support/views/snapshots';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const hour = 3_600_000;

/** The view of one tool at 20:00 UTC, which is noon in California. */
async function shownFor(client: Partial<ClientRecord>, known: readonly Partial<ClientView>[] = [], others = 0) {
	const editor = new EditorStandIn();
	class TreeItem {
		constructor(readonly label: string) {}
	}
	Object.assign(editor.api, { TreeItem });
	const { ClientsTree } = editor.read('../localGateway/view/clientsTree') as typeof used;
	const clock = new VirtualClock(Date.UTC(2026, 10, 24, 20));
	const store = new InMemoryStore(clock);
	const counts = new ClientCounts(store);
	await counts.used('gateway:c', { requests: 120, usage: { input: 7, output: 3, cached: 0, thoughts: 0 } });
	const redrawn: (string | undefined)[] = [];
	const record = { id: 'c', name: 'cline', createdAt: clock.wall(), rules: { keys: 'any', parallel: 4 }, ...client };
	const records = [
		record,
		...Array.from({ length: Math.max(0, others - 1) }, (_, n) => ({ ...record, id: `c${n}`, name: `tool ${n}` })),
	];
	/** Whose use was looked at. */
	const looks: string[] = [];
	const parts = {
		...{ clock, words, view: {}, redraw: (id?: string) => redrawn.push(id) },
		stateStore: store,
		counts: {
			of: (id: string) => (looks.push(id), counts.of(id)),
		},
		tokens: { list: () => records, onDidChange: () => ({ dispose: () => undefined }) },
		served: {
			status: { state: 'serving' },
			onDidChange: () => ({ dispose: () => undefined }),
			underWayOf: () => 0,
		},
		pool: { snapshot: () => ({ clients: known }) },
		now: () => store.now(),
		port: () => 8642,
	};
	const tree = new ClientsTree(parts as unknown as ConstructorParameters<typeof ClientsTree>[0]);
	await clock.advance(1_000);
	redrawn.length = 0;
	return { clock, store, tree, redrawn, looks, use: () => String(tree.itemOf('gateway:cline').description) };
}

describe('the view of tools', () => {
	it('begins a new day by itself, at midnight there and in California', async () => {
		const { clock, redrawn, use, tree } = await shownFor({});
		assert.equal(use(), '120 requests today · 10 tokens · 20:00');
		await clock.advance(hour);
		assert.deepEqual(redrawn, [], 'nothing has changed');
		await clock.advance(3 * hour);
		assert.deepEqual(redrawn, ['gateway:cline'], 'it is tomorrow here');
		assert.match(use(), /^120 requests today · 10 tokens · Tue 20:00/);
		await clock.advance(8 * hour);
		assert.deepEqual(redrawn, ['gateway:cline', 'gateway:cline'], 'it is tomorrow in California');
		assert.match(use(), /^0 requests today · 0 tokens/);
		tree.dispose();
		await clock.advance(24 * hour);
		assert.equal(redrawn.length, 2);
	});

	it('says of a tool that it is stopped, once the notice is out of sight', async () => {
		const held = { since: 0, cause: 'repeatedCall' } as const;
		const known = [{ client: 'gateway:cline', held }];
		const { tree, use } = await shownFor({}, known);
		assert.equal(use(), 'stopped until you check it · 120 requests today · 10 tokens · 20:00');
		assert.equal(tree.itemOf('gateway:cline').contextValue, 'tool;held');
		assert.deepEqual(
			tree.children(),
			known.map(({ client }) => client),
			'its menu lets go on what the pool has stopped',
		);
		tree.dispose();
	});

	it('says so of a tool that was connected anew, and no more as soon as somebody lets it go on', async () => {
		const held = { since: 0, cause: 'repeatedCall' } as const;
		const known: Partial<ClientView>[] = [{ client: 'gateway:cline', held }];
		const { clock, store, tree, redrawn } = await shownFor({ id: 'new' }, known);
		assert.equal(String(tree.itemOf('gateway:cline').description), 'stopped until you check it · not used yet');
		known.pop();
		await store.transact((tx, now) =>
			tx.put({ kind: 'spending', id: clientScope('gateway:cline'), doc: initialSpending(now) }),
		);
		await clock.advance(1_000);
		assert.deepEqual([redrawn, String(tree.itemOf('gateway:cline').description)], [['gateway:cline'], 'not used yet']);
		tree.dispose();
	});

	it('looks at one tool for one row', async () => {
		const { tree, looks } = await shownFor({}, [], 50);
		looks.splice(0);
		for (const id of tree.children()) tree.itemOf(id);
		assert.equal(looks.length, 100);
	});

	it('lets go of a terminal whose token has ended', async () => {
		const { clock, redrawn, tree } = await shownFor({ expiresAt: Date.UTC(2026, 10, 24, 20, 30), isTransient: true });
		assert.deepEqual(tree.children(), ['gateway:cline']);
		await clock.advance(hour);
		assert.deepEqual([tree.children(), redrawn], [[], [undefined]]);
		tree.dispose();
	});
});
