import { generateObject, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import {
	add,
	addSchema,
	answerSchema,
	imageQuestion,
	jsonQuestion,
	pixel,
	question,
	toolQuestion,
} from './questions.mjs';

/** The same for each provider of the AI SDK. */
export async function askAiSdk(task, model) {
	switch (task) {
		case 'plain':
			return (await generateText({ model, prompt: question })).text;
		case 'stream': {
			let failed;
			const { textStream, finishReason } = streamText({
				model,
				prompt: question,
				onError: ({ error }) => {
					failed = error;
				},
			});
			let text = '';
			for await (const piece of textStream) text += piece;
			// A stream that broke off ends its text all the same: whoever uses the kit is told in these two ways.
			if (failed !== undefined) throw failed;
			const reason = await finishReason;
			if (reason === 'error' || reason === 'interrupted') throw new Error(`finish reason ${reason}`);
			return text;
		}
		case 'tools': {
			const tools = {
				add: tool({ inputSchema: jsonSchema(addSchema), execute: (args) => Promise.resolve(add(args)) }),
			};
			return (await generateText({ model, prompt: toolQuestion, tools, stopWhen: stepCountIs(3) })).text;
		}
		case 'json':
			return JSON.stringify(
				(await generateObject({ model, prompt: jsonQuestion, schema: jsonSchema(answerSchema) })).object,
			);
		case 'image': {
			const content = [
				{ type: 'text', text: imageQuestion },
				{ type: 'image', image: pixel, mediaType: 'image/png' },
			];
			return (await generateText({ model, messages: [{ role: 'user', content }] })).text;
		}
	}
}
