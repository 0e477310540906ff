import OpenAI from 'openai';
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

export const name = 'openai';

export async function ask(task, { url, token }) {
	const { completions } = new OpenAI({ apiKey: token, baseURL: `${url}/v1` }).chat;
	const user = (content) => ({ role: 'user', content });
	const textOf = ({ choices }) => choices[0].message.content;
	switch (task) {
		case 'plain':
			return textOf(await completions.create({ model, messages: [user(question)] }));
		case 'stream': {
			let text = '';
			for await (const { choices } of await completions.create({ model, messages: [user(question)], stream: true })) {
				text += choices[0]?.delta.content ?? '';
			}
			return text;
		}
		case 'tools': {
			const tools = [{ type: 'function', function: { name: 'add', parameters: addSchema } }];
			const messages = [user(toolQuestion)];
			const first = await completions.create({ model, messages, tools });
			const [call] = first.choices[0].message.tool_calls;
			const content = JSON.stringify(add(JSON.parse(call.function.arguments)));
			// As an agent stores it that knows OpenAI's fields alone: what is Google's is gone.
			const { id, type, function: called } = call;
			messages.push({ role: 'assistant', tool_calls: [{ id, type, function: called }] });
			messages.push({ role: 'tool', tool_call_id: id, content });
			return textOf(await completions.create({ model, messages, tools }));
		}
		case 'json': {
			const format = { type: 'json_schema', json_schema: { name: 'answer', schema: answerSchema } };
			return textOf(await completions.create({ model, messages: [user(jsonQuestion)], response_format: format }));
		}
		case 'image': {
			const content = [
				{ type: 'text', text: imageQuestion },
				{ type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
			];
			return textOf(await completions.create({ model, messages: [user(content)] }));
		}
	}
}
