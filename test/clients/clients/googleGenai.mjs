import { GoogleGenAI } from '@google/genai';
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

export const name = '@google/genai';

export async function ask(task, { url, token }) {
	const { models } = new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: url } });
	switch (task) {
		case 'plain':
			return (await models.generateContent({ model, contents: question })).text;
		case 'stream': {
			let text = '';
			for await (const chunk of await models.generateContentStream({ model, contents: question }))
				text += chunk.text ?? '';
			return text;
		}
		case 'tools': {
			const config = { tools: [{ functionDeclarations: [{ name: 'add', parametersJsonSchema: addSchema }] }] };
			const contents = [{ role: 'user', parts: [{ text: toolQuestion }] }];
			const first = await models.generateContent({ model, contents, config });
			const [call] = first.functionCalls;
			const result = { functionResponse: { id: call.id, name: call.name, response: add(call.args) } };
			contents.push(first.candidates[0].content, { role: 'user', parts: [result] });
			return (await models.generateContent({ model, contents, config })).text;
		}
		case 'json': {
			const config = { responseMimeType: 'application/json', responseJsonSchema: answerSchema };
			return (await models.generateContent({ model, contents: jsonQuestion, config })).text;
		}
		case 'image': {
			const parts = [{ inlineData: { mimeType: 'image/png', data: pixel } }, { text: imageQuestion }];
			return (await models.generateContent({ model, contents: [{ role: 'user', parts }] })).text;
		}
	}
}
