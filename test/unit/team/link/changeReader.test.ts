import assert from 'node:assert/strict';
import { ChangeReader } from '../../../../src/team/link/changeReader';
import type { TeamLink, TeamReply } from '../../../../src/team/link/link';
import { ServerState } from '../../../../src/team/link/serverState';
import { VirtualClock } from '../../../support/virtualClock';

describe('the reader of what others of a team wrote', () => {
	/** A machine that reads from a server; `during`: what comes while a read is under way. */
	const machine = (during: () => void = () => undefined) => {
		const clock = new VirtualClock();
		const server = new ServerState(clock, undefined);
		const told = { rev: 5, reads: 0 };
		const read = (): Promise<TeamReply> => {
			told.reads++;
			const { rev } = told;
			const reply: TeamReply = {
				...{ status: 'ok', store: 's', rev, time: clock.wall(), machines: 1, since: 0 },
				...{ isComplete: false, rows: [] },
			};
			during();
			return Promise.resolve(reply);
		};
		const link = { read, close: () => undefined } as Partial<TeamLink> as TeamLink;
		const reader = new ChangeReader({
			...{ clock, server, onFailed: (_, error) => assert.fail(String(error)) },
			onDue: () => reader.readIfDue(link),
			onRead: (_, { rev }) => {
				server.rev = rev;
				reader.readAgain();
			},
		});
		const readsIn = async (ms: number): Promise<number> => {
			const before = told.reads;
			await clock.advance(ms);
			return told.reads - before;
		};
		reader.readAgain();
		return { told, reader, readsIn };
	};

	it('reads once more for a revision that there never was, and then as often as before', async () => {
		const { reader, readsIn } = machine();
		const usual = await readsIn(7_000);
		reader.hint(9e15, true);
		const more = await readsIn(7_000);
		assert.ok(more <= usual + 1, `${usual} reads, and ${more} after it`);
	});

	it('does not forget what it was told of while it read', async () => {
		const { told, reader, readsIn } = machine(() => {
			if (told.rev === 5) reader.hint((told.rev = 6), true);
		});
		assert.equal(await readsIn(10), 1);
		assert.equal(await readsIn(250), 1);
	});
});
