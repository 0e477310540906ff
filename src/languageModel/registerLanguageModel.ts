import * as vscode from 'vscode';
import { orReload, registerLazily } from '../common/commands';
import { DisposableStore, type Disposable } from '../common/dispose';
import { lazily } from '../common/lazily';
import { ownSymbol } from '../ui/ownSymbol';
import type { LanguageModel, LanguageModelParts } from './createLanguageModel';
import { languageModelCommandNames, participantId, statusToolName, vendor } from './names';

/**
 * ms after the first key is there. The editor asks for no models by itself, and its chat refuses a question while it knows of
 * none; a window shows what it has first.
 */
const offerAfterMs = 2_000;

/** Registers provider, participant and tool; their code is read when one of them is used for the first time. */
export function registerLanguageModel(extensionUri: vscode.Uri, parts: () => LanguageModelParts): Disposable {
	const owned = new DisposableStore();
	const changed = owned.add(new vscode.EventEmitter<void>());
	const { pool, clock, report } = parts();
	let isOffered = false;
	const offer = (): void => {
		if (isOffered || !pool.snapshot().keys.some(({ key }) => key.enabled)) return;
		isOffered = true;
		owned.add({ dispose: clock.after(offerAfterMs, () => changed.fire()) });
	};
	owned.add({ dispose: pool.onEvent(({ type }) => type === 'changed' && offer()) });
	const load = async (): Promise<LanguageModel> => {
		const given = parts();
		const { createLanguageModel } = await import('./createLanguageModel');
		return owned.add(createLanguageModel(given, () => changed.fire()));
	};
	const room = lazily(orReload(load));
	// Editors that are built from VS Code may lack its chat, or parts of it: all else is to work there.
	const register = (make: () => Disposable | undefined): void => {
		try {
			const made = make();
			owned.add({ dispose: () => made?.dispose() });
		} catch (error) {
			report(error);
		}
	};
	register(() =>
		vscode.lm.registerLanguageModelChatProvider(vendor, {
			onDidChangeLanguageModelChatInformation: changed.event,
			provideLanguageModelChatInformation: async (...of) => (await room()).provider.list(...of),
			provideLanguageModelChatResponse: async (...of) => (await room()).provider.respond(...of),
			provideTokenCount: async (model, text) => (await room()).provider.count(model, text),
		}),
	);
	register(() => {
		const handle: vscode.ChatRequestHandler = async (...of) => (await room()).participant.handle(...of);
		const participant = vscode.chat.createChatParticipant(participantId, handle);
		participant.iconPath = ownSymbol(extensionUri);
		participant.followupProvider = { provideFollowups: async (result) => (await room()).participant.followups(result) };
		return participant;
	});
	register(() => vscode.lm.registerTool(statusToolName, { invoke: async () => (await room()).status() }));
	owned.add(registerLazily(languageModelCommandNames, async () => (await room()).commands));
	return owned;
}
