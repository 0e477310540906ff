// What every client asks, in the simulator's own words: [short] gets one sentence, [call …] a call of that function.
export const model = 'gemini-3.8-flash';
export const question = 'Hello [short]';
export const toolQuestion = 'Please [call add {"a":2,"b":3}]';
export const jsonQuestion = 'Give me an answer.';
export const imageQuestion = 'What is on the picture? [short]';

/** One red pixel. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==';

export const addSchema = {
	type: 'object',
	properties: { a: { type: 'integer' }, b: { type: 'integer' } },
	required: ['a', 'b'],
};

export const answerSchema = { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] };

export const add = ({ a, b }) => ({ sum: a + b });
