import * as vscode from 'vscode';
import type { ChatView } from './chatView';

/** `Keypool: New Conversation`. */
export function registerNewConversation(chat: ChatView): vscode.Disposable {
	return vscode.commands.registerCommand('keypool.newConversation', () => chat.newConversation());
}
