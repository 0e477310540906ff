import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import type { Heard, Message, Model, Order, Part, Sending } from './protocol';

/** Classes that the stable types do not have: they are looked for, as any extension would. */
type Made = new (...args: unknown[]) => object;
const classOf = (name: string): Made => Reflect.get(vscode, name) as Made;

/** Another extension in the same window, which asks language models as somebody would write it; a test tells it what to ask. */
export function activate(context: vscode.ExtensionContext): void {
	const act = async (order: Order): Promise<unknown> => {
		switch (order.do) {
			case 'select':
				return (await vscode.lm.selectChatModels(order.selector ?? { vendor: 'keypool' })).map(
					({ id, name, family, maxInputTokens }): Model => ({ id, name, family, maxInputTokens }),
				);
			case 'send':
				return send(order);
			case 'count':
				return (await model(order.model)).countTokens(order.message ? messageOf(order.message) : (order.text ?? ''));
			case 'invoke': {
				const { content } = await vscode.lm.invokeTool(order.tool, { input: {}, toolInvocationToken: undefined });
				return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''));
			}
		}
	};
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			act(JSON.parse(Buffer.concat(chunks).toString()) as Order).then(
				(result) => response.end(JSON.stringify({ result })),
				(error: unknown) => response.end(JSON.stringify({ error: String(error) })),
			);
		});
	});
	context.subscriptions.push({ dispose: () => server.close() });
	server.listen(0, '127.0.0.1', () => {
		const { port } = server.address() as AddressInfo;
		writeFileSync(process.env['KEYPOOL_CONSUMER_FILE'] ?? '', String(port));
	});
}

async function model(id: string): Promise<vscode.LanguageModelChat> {
	const [found] = await vscode.lm.selectChatModels({ vendor: 'keypool', id });
	if (found === undefined) throw new Error(`There is no model ${id}.`);
	return found;
}

async function send({
	model: id,
	messages,
	tools,
	isToolRequired,
	modelOptions,
	cancelAfter,
}: Sending): Promise<Heard> {
	const parts: Part[] = [];
	const cancelling = new vscode.CancellationTokenSource();
	try {
		const chat = await model(id);
		const response = await chat.sendRequest(
			messages.map(messageOf),
			{
				...(tools && { tools: [...tools] }),
				...(modelOptions && { modelOptions }),
				...(isToolRequired === true && { toolMode: vscode.LanguageModelChatToolMode.Required }),
			},
			cancelling.token,
		);
		for await (const part of response.stream) {
			add(parts, read(part));
			if (cancelAfter !== undefined && parts.length >= cancelAfter) cancelling.cancel();
		}
		return { parts };
	} catch (error) {
		const { name, message, code } = error as { name: string; message: string; code: unknown };
		return { parts, error: { name, message, code: String(code) } };
	}
}

function add(parts: Part[], part: Part): void {
	const last = parts.at(-1);
	if (last?.type === 'text' && part.type === 'text')
		parts[parts.length - 1] = { type: 'text', text: last.text + part.text };
	else parts.push(part);
}

function read(part: unknown): Part {
	if (part instanceof vscode.LanguageModelTextPart) return { type: 'text', text: part.value };
	if (part instanceof vscode.LanguageModelToolCallPart) {
		const { callId, name, input } = part;
		return { type: 'call', callId, name, input };
	}
	if (part instanceof classOf('LanguageModelThinkingPart')) {
		const { value, metadata } = part as { value: string | string[]; metadata?: object };
		return { type: 'thinking', text: [value].flat().join(''), ...(metadata && { metadata }) };
	}
	return { type: 'unknown' };
}

function messageOf({ role, parts }: Message): vscode.LanguageModelChatMessage {
	const message = vscode.LanguageModelChatMessage.User('');
	// Roles that the stable types do not have are numbers all the same.
	Reflect.set(message, 'role', role);
	message.content = parts.map(partOf) as vscode.LanguageModelChatMessage['content'];
	return message;
}

function partOf(part: Part): object {
	switch (part.type) {
		case 'text':
			return new vscode.LanguageModelTextPart(part.text);
		case 'data':
			return new (classOf('LanguageModelDataPart'))(Buffer.from(part.base64, 'base64'), part.mimeType);
		case 'call':
			return new vscode.LanguageModelToolCallPart(part.callId, part.name, part.input);
		case 'result':
			return new vscode.LanguageModelToolResultPart(part.callId, part.content.map(partOf));
		case 'thinking':
			return new (classOf('LanguageModelThinkingPart'))(part.text, undefined, part.metadata);
		case 'unknown':
			return {};
	}
}
