import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatGoogleGenerativeAI } from '@langchain/google-genai';
import {
	add,
	addSchema,
	answerSchema,
	imageQuestion,
	jsonQuestion,
	model,
	pixel,
	question,
	toolQuestion,
} from './questions.mjs';

export const name = '@langchain/google-genai';

export async function ask(task, { url, token }) {
	const chat = new ChatGoogleGenerativeAI({ model, apiKey: token, baseUrl: url });
	switch (task) {
		case 'plain':
			return (await chat.invoke(question)).text;
		case 'stream': {
			let text = '';
			for await (const chunk of await chat.stream(question)) text += chunk.text;
			return text;
		}
		case 'tools': {
			const sum = tool((args) => JSON.stringify(add(args)), { name: 'add', description: 'Adds.', schema: addSchema });
			const bound = chat.bindTools([sum]);
			const messages = [new HumanMessage(toolQuestion)];
			const first = await bound.invoke(messages);
			const [call] = first.tool_calls;
			messages.push(
				first,
				new ToolMessage({ content: await sum.invoke(call.args), tool_call_id: call.id, name: call.name }),
			);
			return (await bound.invoke(messages)).text;
		}
		case 'json':
			return JSON.stringify(
				await chat.withStructuredOutput(answerSchema, { method: 'jsonSchema' }).invoke(jsonQuestion),
			);
		case 'image': {
			const content = [
				{ type: 'text', text: imageQuestion },
				{ type: 'image_url', image_url: `data:image/png;base64,${pixel}` },
			];
			return (await chat.invoke([new HumanMessage({ content })])).text;
		}
	}
}
