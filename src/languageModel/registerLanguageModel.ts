import * as vscode from 'vscode';
import { registerCommands } from '../common/commands';
import { DisposableStore, type Disposable } from '../common/dispose';
import { lazily } from '../common/lazily';
import type { LanguageModel, LanguageModelParts } from './createLanguageModel';
import { participantId, statusToolName, vendor } from './names';

/** Registers provider, participant and tool; their code is read when one of them is used for the first time. */
export function registerLanguageModel(parts: () => LanguageModelParts): Disposable {
	const owned = new DisposableStore();
	const changed = owned.add(new vscode.EventEmitter<void>());
	const room = lazily(async (): Promise<LanguageModel> => {
		const { createLanguageModel } = await import('./createLanguageModel');
		const made = owned.add(createLanguageModel(parts()));
		owned.add(made.list.onDidChange(() => changed.fire()));
		return made;
	});
	owned.add(
		vscode.lm.registerLanguageModelChatProvider(vendor, {
			onDidChangeLanguageModelChatInformation: changed.event,
			provideLanguageModelChatInformation: async (...of) =>
				(await room()).provider.provideLanguageModelChatInformation(...of),
			provideLanguageModelChatResponse: async (...of) =>
				(await room()).provider.provideLanguageModelChatResponse(...of),
			provideTokenCount: async (model, text) => (await room()).provider.provideTokenCount(model, text),
		}),
	);
	const participant = owned.add(
		vscode.chat.createChatParticipant(participantId, async (...of) => (await room()).participant.handle(...of)),
	);
	participant.iconPath = new vscode.ThemeIcon('key');
	participant.followupProvider = { provideFollowups: async (result) => (await room()).participant.followups(result) };
	owned.add(
		vscode.lm.registerTool<object>(statusToolName, {
			invoke: async (...of) => (await room()).statusTool.invoke(...of),
			prepareInvocation: async (...of) => (await room()).statusTool.prepareInvocation?.(...of),
		}),
	);
	owned.add(
		registerCommands({
			'keypool.addToChat': async () => (await room()).addToChat(),
			'keypool.manageAccess': async () => (await room()).manageAccess(),
		}),
	);
	return owned;
}
