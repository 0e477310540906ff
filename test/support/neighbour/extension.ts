import { appendFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { KeypoolApi } from '../../../src/api/types';

/** Another extension in the same window, as somebody would write it: writes down what Keypool's API tells it. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
	const file = process.env['KEYPOOL_NEIGHBOUR_FILE'] ?? '';
	const write = (line: unknown): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
	const keypool = await vscode.extensions.getExtension<KeypoolApi>('keypool.keypool-gemini')?.activate();
	if (keypool?.version !== 1) {
		write({ problem: 'no such API' });
		return;
	}
	// VS Code's own types take them as they are.
	const onFallback: vscode.Event<unknown> = keypool.onFallback;
	context.subscriptions.push(onFallback((fallback) => write({ fallback })));
	keypool.onDidChangePool(() => write({ stats: keypool.getStats() }), undefined, context.subscriptions);
	write({ members: Object.keys(keypool), stats: keypool.getStats() });
}
