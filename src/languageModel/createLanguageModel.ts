import { commands, type LanguageModelToolResult } from 'vscode';
import type { Ask } from '../ask';
import { callDigest } from '../common/callDigest';
import { DisposableStore, type Disposable } from '../common/dispose';
import type { FilePiece } from '../common/fenced';
import type { Words } from '../localization/words';
import type { Clock, KeyId, Pool, Snapshot, StateStore } from '../pool/pool';
import { estimateTokens } from '../pool/pool';
import type { Settings } from '../settings/settings';
import { addToChat } from './addToChat';
import type { Markdown } from '../ui/markdown';
import type { Waits } from './answering';
import { askConsent, nameOfExtension } from './consent/askConsent';
import { Consent, isEditorsOwn, type ConsentStore } from './consent/consent';
import { manageAccess } from './consent/manageAccess';
import type { languageModelCommandNames } from './names';
import { fallbackModelsOf } from './fallbackModels';
import { ModelList, type ModelListParts } from './models/modelList';
import { Participant } from './participant/participant';
import type { ReadFile } from './participant/references';
import { Provider } from './provider';
import { statusResult } from './status/statusTool';

/** What this room needs of the others; `extension.ts` hands it in. */
export interface LanguageModelParts {
	readonly ask: Ask;
	readonly words: Words;
	readonly labelOf: (key: KeyId) => string;
	readonly newId: () => string;
	readonly report: (error: unknown) => void;
	readonly catalogue: ModelListParts['catalogue'];
	readonly settings: Settings;
	readonly heldKeys: { mayBeSent(texts: readonly string[], by: string): Promise<boolean> };
	readonly pool: Pick<Pool, 'snapshot' | 'onEvent' | 'noteToolCall'>;
	readonly stateStore: StateStore;
	readonly clock: Pick<Clock, 'wall' | 'after'>;
	/** Remembers which extensions may ask. */
	readonly memento: ConsentStore;
	/** `load` resolves to whether the keys could be read. */
	readonly keys: { load(isAsked?: boolean): Promise<boolean> };
	readonly extensionId: string;
	/** How a team's gateway stands, where that answers in place of keys. */
	readonly gateway: () => Markdown | undefined;
	readonly editor: () => Promise<{
		/** A file as it may be sent; the person is told where it may not. */
		readonly readFile: ReadFile;
		/** The code that a person looks at; undefined where there is none, which they were told. */
		selection(): Promise<FilePiece | undefined>;
	}>;
}

export interface LanguageModel extends Disposable {
	readonly provider: Provider;
	readonly participant: Participant;
	status(): Promise<LanguageModelToolResult>;
	readonly commands: Readonly<Record<(typeof languageModelCommandNames)[number], () => Promise<void>>>;
}

/** The pool for the editor's own chat, for agents, and for other extensions. */
export function createLanguageModel(parts: LanguageModelParts, modelsChanged: () => void): LanguageModel {
	const {
		ask,
		words,
		labelOf,
		newId,
		report,
		catalogue,
		settings,
		heldKeys,
		pool,
		stateStore,
		clock,
		memento,
		keys,
		extensionId,
		editor,
	} = parts;
	const owned = new DisposableStore();
	const snapshot = (): Snapshot => pool.snapshot();
	const waits: Waits = { words, now: clock.wall };
	const readKeys = (): Promise<boolean> => keys.load();
	/** For programs, which look again and again: a person was told at the start. */
	const lookForKeys = (): Promise<boolean> => keys.load(false);
	const mayBeSent = (texts: readonly string[], initiator = ''): Promise<boolean> =>
		heldKeys.mayBeSent(texts, initiator === '' || isEditorsOwn(initiator) ? '' : nameOfExtension(initiator));
	const list = owned.add(
		new ModelList({
			...{ catalogue, words, report, snapshot, readKeys: lookForKeys, after: clock.after },
			configured: () => [settings.model.value, ...settings.fallbackModels.value],
			onDidChangePool: (listener) =>
				pool.onEvent(({ type }) => {
					if (type === 'changed') listener();
				}),
			onDidChangeSettings: (listener) => settings.onDidChange(listener),
		}),
	);
	owned.add(list.onDidChange(modelsChanged));
	const consent: Consent = new Consent(
		memento,
		(by) => askConsent(by, words.isGatewayUsed()),
		extensionId,
		() => updateMenus(),
	);
	const updateMenus = (): void =>
		void commands.executeCommand('setContext', 'keypool.hasConsents', consent.decisions.size > 0);
	updateMenus();
	return {
		provider: new Provider({
			...{ ask, list, consent, waits, mayBeSent, newId, report, after: clock.after },
			// The store is away: what it would count is lost, the answer is not.
			noteToolCall: (client, name, input) => void pool.noteToolCall(client, callDigest(name, input)).catch(() => false),
			fallbackModels: () => fallbackModelsOf(settings),
			includeThoughts: () => settings.generation.value.includeThoughts,
			tokensOf: (model, size) => estimateTokens(stateStore, model, size),
		}),
		participant: new Participant({
			...{ ask, list, waits, labelOf, snapshot, readKeys, mayBeSent, newId, report, gateway: parts.gateway },
			readFile: async (...place) => (await editor()).readFile(...place),
			selection: async () => (await editor()).selection(),
		}),
		// An agent can ask before the keys were read.
		status: async () => {
			const canReadKeys = await lookForKeys();
			return statusResult(snapshot(), canReadKeys, words.isGatewayUsed());
		},
		commands: { 'keypool.addToChat': addToChat, 'keypool.manageAccess': () => manageAccess(consent) },
		dispose: () => owned.dispose(),
	};
}
