import assert from 'node:assert/strict';
import { AnswerLock } from '../../../../src/chat/session/answerLock';
import { memoryFolder } from '../../../../src/chat/storage/folder';
import { ConversationStore } from '../../../../src/chat/storage/conversationStore';
import { ChatSession } from '../../../../src/chat/session/session';
import { LeaderElection } from '../../../../src/pool/maintenance/leaderElection';
import { answers, Rig } from '../../../support/pool/rig';
import { question } from '../../../support/chat/fixtures';
import { ScriptedAsk } from '../../../support/chat/scriptedAsk';

/** Windows on one store and one disk, as the composition root makes them. */
function windows() {
	const disk = memoryFolder();
	let first: Rig | undefined;
	const open = (name: string) => {
		const rig = new Rig({ a: {} }, answers, {
			window: name,
			...(first && { beside: first }),
		});
		first ??= rig;
		const { pool, clock } = rig;
		const script = new ScriptedAsk();
		let ids = 0;
		const library = new ConversationStore({
			folder: () => disk,
			now: clock.wall,
			onTrouble: (what) => assert.fail(what),
		});
		const onError = (error: unknown) => assert.fail(String(error));
		const session = new ChatSession({
			ask: script.ask,
			labelOf: (key) => key,
			clock,
			newId: () => `${name}-${(ids += 1)}`,
			library,
			answering: new AnswerLock(new LeaderElection(rig.store, clock, name), onError),
			inputLimit: () => 1_000_000,
			weigh: () => 1,
			onError,
		});
		let heard = 0;
		const { maintenance: upkeep } = rig;
		upkeep.followOthers(() => {
			heard += 1;
			return session.forget();
		}, onError);
		return {
			rig,
			upkeep,
			pool,
			clock,
			script,
			library,
			session,
			heard: () => heard,
		};
	};
	return { open, stored: () => disk.names(''), erase: () => disk.remove('') };
}

describe('a conversation of another window', () => {
	it('does not come back after everything was erased, though its answer was still coming', async () => {
		const { open, stored, erase } = windows();
		const [here, there] = [open('here'), open('there')];
		await there.rig.answer();
		void there.session.ask(question('What is my secret?'));
		there.script.last.text('It is');
		await there.clock.advance(3_000);
		await there.library.flush();
		assert.equal((await stored()).length, 1);

		await here.session.forget();
		await here.upkeep.erase();
		await erase();
		there.script.last.text(' … swordfish');
		await there.clock.advance(10_000);
		await there.library.flush();
		assert.deepEqual(await stored(), []);
		assert.deepEqual([there.session.conversation.turns, here.heard(), there.heard()], [[], 0, 1]);
		assert.deepEqual([here.pool.usage().requestRecords(), here.pool.usage().minutes()], [[], []]);

		void there.session.ask(question('Who is there?'));
		await there.clock.advance(0);
		await there.library.flush();
		assert.deepEqual(await stored(), [there.session.conversation.id], 'what is asked afterwards is kept');
	});

	it('is let go each time, by windows that were open then', async () => {
		const { open } = windows();
		const [here, there] = [open('here'), open('there')];
		await there.clock.advance(1_000);
		await here.upkeep.erase();
		await there.clock.advance(1_000);
		const later = open('later');
		await there.pool.execute({ type: 'resume' });
		await here.upkeep.erase({ keys: new Set(['a']), projects: new Set() });
		await there.clock.advance(1_000);
		assert.deepEqual([here.heard(), there.heard(), later.heard()], [0, 1, 0]);
		await there.upkeep.erase();
		await there.clock.advance(1_000);
		assert.deepEqual([here.heard(), there.heard(), later.heard()], [1, 1, 1]);
	});
});
