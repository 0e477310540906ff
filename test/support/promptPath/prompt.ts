import { uri } from './editor';
import { createAsk } from '../../../src/ask';
import { createChat } from '../../../src/chat/view/createChat';
import { ask } from '../../../src/editor/ask/askCommand';
import { askWithProgress, type Assistant } from '../../../src/editor/ask/assistant';
import { geminiOf, type Prompt } from '../../../src/gemini/gemini';
import { createGemini } from '../../../src/gemini/service';
import { askAboutHeldKeys } from '../../../src/keys/commands/heldKeys';
import { memoryFolder } from '../../../src/chat/storage/folder';
import { createMasker } from '../../../src/masking/masking';
import { LeaderElection, Pool, type KeyId, type ProjectId } from '../../../src/pool/pool';
import { createService } from '../../../src/simulator/service';
import { aKey } from '../aKey';
import { loadSdk } from '../gemini/room';
import { chance } from '../pool/chance';
import { words } from '../views/snapshots';
import { VirtualClock } from '../virtualClock';
import { settingsOf, Written } from '../written';
import { crossedBy, type Crossed } from './crossed';
import { InMemoryStore } from '../pool/inMemoryStore';

const idle = { dispose: () => undefined };
const never = (): typeof idle => idle;

/** Fails loudly: nothing here may go wrong. */
const report = (error: unknown): void => {
	throw error;
};

/** What asks in a window, as `extension.ts` puts it together, with one key on the simulator, in virtual time. */
function windowOf(clock: VirtualClock) {
	const service = createService({
		clock,
		chance: chance(1),
		projects: [{ id: 'one', tier: 'paid' }],
		keys: [{ secret: 'sim-one', project: 'one' }],
	});
	const masker = createMasker();
	const { mask, keyStream } = masker;
	const gemini = geminiOf(() =>
		Promise.resolve(
			createGemini({
				secretOf: () => Promise.resolve('sim-one'),
				baseUrl: () => 'https://simulator.invalid',
				fetch: service.fetch,
				...{ mask, keyStream },
			}),
		),
	);
	const store = new InMemoryStore(clock);
	const pool = new Pool({
		...{ store, clock, random: () => 0, window: 'one', onListenerError: report },
		check: () => Promise.resolve(),
	});
	pool.setKeys([aKey('a', 'one', 0)], [{ id: 'one' as ProjectId, tier: 'paid' }]);
	const settings = settingsOf(new Written());
	pool.configure(settings.options);
	let ids = 0;
	const newId = (): string => `id${++ids}`;
	const counted = { pieces: 0 };
	const ask = createAsk({
		...{ pool, settings, newId },
		gemini: {
			cost: (prompt) => gemini.cost(prompt),
			open: (prompt) =>
				async function* (on, signal) {
					for await (const chunk of await gemini.open(prompt)(on, signal)) {
						if (chunk.output) counted.pieces++;
						yield chunk;
					}
				},
		},
		models: { inputLimit: () => undefined },
		blockedReason: () => Promise.resolve(undefined),
	});
	const snapshot = () => pool.snapshot();
	const folder = memoryFolder();
	const parts = {
		...{ ask, clock, newId, words, pool: { snapshot, unread: () => undefined, onDidChange: never }, onError: report },
		catalogue: { inputLimit: () => undefined, read: () => Promise.resolve([]) },
		labelOf: (key: KeyId) => key,
		heldKeys: askAboutHeldKeys(masker),
		extensionUri: uri('/extension'),
		memento: { get: () => undefined, update: () => Promise.resolve() },
		storage: uri('/storage'),
		folderAt: () => Promise.resolve(folder),
		keep: settings.keepConversations,
		model: settings.model,
		newNonce: newId,
		generation: settings.generation,
		cost: (prompt: Prompt) => gemini.cost(prompt),
		editor: {},
		warn: report,
	};
	const openChat = async () => {
		const election = new LeaderElection(store, clock, 'one');
		const chat = await createChat({ ...parts, election } as unknown as Parameters<typeof createChat>[0]);
		chat.show(viewOf() as unknown as Parameters<typeof chat.show>[0]);
		return chat;
	};
	const keys = { load: () => Promise.resolve(true), hasKeys: true };
	const assistant = { ...parts, keys, now: clock.wall, report } as unknown as Assistant;
	return { assistant, openChat, counted };
}

/** A view whose document takes every message and sends none but its answers. */
function viewOf() {
	const listeners = new Set<(message: unknown) => void>();
	const webview = {
		options: {},
		html: '',
		cspSource: '',
		asWebviewUri: (of: unknown) => of,
		onDidReceiveMessage: (listener: (message: unknown) => void) => {
			listeners.add(listener);
			return { dispose: () => listeners.delete(listener) };
		},
		postMessage: () => Promise.resolve(true),
	};
	return { webview, onDidDispose: never };
}

/** What one prompt crosses, to the service's HTTP and back, with everything read that is read at the first use. */
export interface PromptPath {
	/** A command on the palette asks, and gets the answer collected. */
	readonly command: Crossed;
	/** `Keypool: Ask…`: the chat keeps and shows the conversation beside it. */
	readonly chat: Crossed;
}

export async function promptPath(): Promise<PromptPath> {
	await loadSdk();
	const clock = new VirtualClock();
	const { assistant, openChat, counted } = windowOf(clock);
	const text = 'What is a key pool?';
	const prompt = { turns: [{ role: 'user', content: [{ type: 'text', text }] }] } as const;
	const command = (): Promise<unknown> => clock.until(askWithProgress(assistant, 'Keypool', prompt));
	const crossed = async (work: () => Promise<unknown>): Promise<Crossed> => {
		await work();
		counted.pieces = 0;
		return crossedBy(work, () => counted.pieces);
	};
	const ofCommand = await crossed(command);
	const chat = await openChat();
	return { command: ofCommand, chat: await crossed(() => clock.until(ask(chat, assistant.keys, text))) };
}

if (require.main === module) void promptPath().then((path) => console.log(JSON.stringify(path)));
