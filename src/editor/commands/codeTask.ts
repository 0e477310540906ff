import { fenced, type FilePiece } from '../../common/fenced';
import type { Prompt } from '../../gemini/gemini';

/** What is to become of a piece of code. */
export type CodeTask =
	/** `problems`: what the editor reports, one line each. */
	| { readonly type: 'fix'; readonly problems: readonly string[] }
	| { readonly type: 'document' }
	| { readonly type: 'edit'; readonly instruction: string }
	| { readonly type: 'tests' };

/** Problems that go along; the first ones cause most of the others. */
const maxProblems = 20;

const rewriting = `You work inside a code editor. You are given a piece of a file and a task. \
Answer with one fenced code block that holds the whole piece as it shall become, and with nothing else. \
It replaces the piece as it is: leave nothing out, do not abbreviate, add no surrounding code. \
Whatever the task does not concern stays as it is, down to names, indentation and the language of the comments.`;

const testing = `You work inside a code editor. You are given a piece of a file. \
Answer with one fenced code block that holds a complete test file for it, and with nothing else. \
Use the test framework that is usual for the language, and import the code from where the file is. \
Test behaviour, with the edge cases that matter; give each test a name that says what it holds.`;

/** What the model is asked. It is no text that a person sees, so it is in English whatever their language. */
export function promptFor(task: CodeTask, piece: FilePiece): Prompt {
	return {
		turns: [{ role: 'user', content: [{ type: 'text', text: `${wish(task)}\n\n${fenced(piece)}` }] }],
		// The answer is read as text, whatever form the setting asks for.
		options: { system: task.type === 'tests' ? testing : rewriting, responseMimeType: 'text/plain' },
	};
}

function wish(task: CodeTask): string {
	switch (task.type) {
		case 'fix': {
			const problems = task.problems.slice(0, maxProblems).map((problem) => `- ${problem}`);
			return problems.length === 0
				? 'Find what is wrong with this code and fix it.'
				: ['Fix this code. The editor reports:', ...problems].join('\n');
		}
		case 'document':
			return 'Write the documentation comments that are missing or wrong in this code, in the form that is usual for its language. Change no code.';
		case 'edit':
			return `Change this code as follows: ${task.instruction}`;
		case 'tests':
			return 'Write tests for this code.';
	}
}
