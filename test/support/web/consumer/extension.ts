import * as vscode from 'vscode';

/** Another extension in the web worker host, which asks a language model and shows in a document what it heard. */
export function activate(context: vscode.ExtensionContext): void {
	context.subscriptions.push(
		vscode.commands.registerCommand('webConsumer.ask', async () => {
			const content = await ask().catch(String);
			await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content }));
		}),
	);
}

async function ask(): Promise<string> {
	const models = await vscode.lm.selectChatModels({ vendor: 'keypool' });
	const model = models.find(({ id }) => id === 'gemini-3.8-flash');
	if (model === undefined) return `no such model among ${models.length}`;
	const { text } = await model.sendRequest([vscode.LanguageModelChatMessage.User('[short] From the worker')]);
	let answer = '';
	for await (const piece of text) answer += piece;
	return answer;
}
