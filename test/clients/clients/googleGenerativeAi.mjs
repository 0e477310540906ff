import { GoogleGenerativeAI } from '@google/generative-ai';
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

export const name = '@google/generative-ai';

export async function ask(task, { url, token }) {
	const made = (more = {}) => new GoogleGenerativeAI(token).getGenerativeModel({ model, ...more }, { baseUrl: url });
	switch (task) {
		case 'plain':
			return (await made().generateContent(question)).response.text();
		case 'stream': {
			const { stream, response } = await made().generateContentStream(question);
			// Rejects by itself where the stream breaks; nobody else would hear of it.
			response.catch(() => undefined);
			let text = '';
			for await (const chunk of stream) text += chunk.text();
			return text;
		}
		case 'tools': {
			const chat = made({ tools: [{ functionDeclarations: [{ name: 'add', parameters: addSchema }] }] }).startChat();
			const first = await chat.sendMessage(toolQuestion);
			const [call] = first.response.functionCalls();
			const next = await chat.sendMessage([{ functionResponse: { name: call.name, response: add(call.args) } }]);
			return next.response.text();
		}
		case 'json': {
			const generationConfig = { responseMimeType: 'application/json', responseSchema: answerSchema };
			return (await made({ generationConfig }).generateContent(jsonQuestion)).response.text();
		}
		case 'image': {
			const parts = [{ inlineData: { mimeType: 'image/png', data: pixel } }, { text: imageQuestion }];
			return (await made().generateContent(parts)).response.text();
		}
	}
}
