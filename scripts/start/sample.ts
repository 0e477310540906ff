/** Files of the folder that `npm start` opens: something to ask about. */
export const sampleFiles: Readonly<Record<string, string>> = {
	'fibonacci.ts': `/** The nth number of Fibonacci, from 0. */
export function fibonacci(n: number): number {
	let [a, b] = [0, 1];
	for (let i = 0; i < n; i++) {
		[a, b] = [b, a + b];
	}
	return a;
}

console.log(fibonacci(90));
`,
};

export const whatToTry = `What to try:
  1. Press F1, run "Keypool: Ask…", type a question, Enter: the answer streams into the chat.
  2. Look at the keys in the side bar: which rest and until when, which needs attention; the status bar counts.
  3. Open fibonacci.ts, select the function, and choose Keypool: Explain Selection, or Fix Code, in its context menu.
  A question with [long] in it gets a long answer from the simulator, one with [short] a sentence.`;
