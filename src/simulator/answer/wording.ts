/** What a simulated answer says, in Markdown: in the language of whoever reads it. */
export interface Wording {
	/** A heading, without its marks. */
	readonly title: string;
	/** Before the question, which is quoted. */
	readonly asked: string;
	/** That nothing of it came from Gemini. */
	readonly notice: string;
	readonly mark: (nonce: string) => string;
	readonly instructed: string;
	/** What the answer shows, as a list. */
	readonly points: (model: string) => readonly string[];
	/** Rows of a table of two columns; the first is its head. */
	readonly table: readonly (readonly [string, string])[];
	readonly end: string;
	/** An answer of one sentence, in two pieces. */
	readonly short: (question: string, nonce: string) => readonly [string, string];
	readonly thought: string;
}

export const english: Wording = {
	title: 'A simulated answer',
	asked: 'You asked:',
	notice: 'This text comes from the **simulator**, not from Gemini.',
	mark: (nonce) => `Its mark is \`${nonce}\`.`,
	instructed: 'A system instruction was given.',
	points: (model) => [
		'The question reached the service.',
		'The answer is Markdown, with code and a table.',
		`The model was \`${model}\`.`,
	],
	table: [
		['Step', 'Result'],
		['Question', 'received'],
		['Answer', 'complete'],
	],
	end: 'That is all.',
	short: (question, nonce) => [`You asked "${question}", `, `and the simulator answers with ${nonce}.`],
	thought: 'First I read the question, then I answer it.',
};
