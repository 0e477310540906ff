import { InputBoxValidationSeverity, window, type InputBox } from 'vscode';
import { oneLine, promptText } from './safeText';

export interface AskText {
	readonly title: string;
	readonly prompt?: string;
	readonly placeHolder?: string;
	/** The text in the box at first. */
	readonly value?: string;
	readonly password?: boolean;
	readonly ignoreFocusOut?: boolean;
	/** Why a text is invalid; undefined if it is valid. */
	readonly problem?: (text: string) => string | undefined;
}

/** What the user typed; undefined if the box was closed. */
export async function askText({
	title,
	prompt,
	placeHolder,
	problem,
	...options
}: AskText): Promise<string | undefined> {
	return window.showInputBox({
		...options,
		title: oneLine(title),
		...(prompt !== undefined && { prompt: promptText(prompt) }),
		...(placeHolder !== undefined && { placeHolder: oneLine(placeHolder) }),
		...(problem && {
			validateInput: (text: string) => {
				const wrong = problem(text);
				return wrong === undefined ? undefined : promptText(wrong);
			},
		}),
	});
}

/** The line below a box: an error keeps it open. */
export interface InputMessage {
	readonly text: string;
	readonly isError: boolean;
}

/** A box whose message follows the text while it is open. */
export interface OpenInput {
	readonly box: Omit<InputBox, 'title' | 'prompt' | 'placeholder' | 'validationMessage'>;
	readonly setMessage: (setMessage: InputMessage | undefined) => void;
}

/** Not open yet: call `show`. */
export function createInput(title: string, prompt: string): OpenInput {
	const box = window.createInputBox();
	box.title = oneLine(title);
	box.prompt = promptText(prompt);
	const { Error, Info } = InputBoxValidationSeverity;
	return {
		box,
		setMessage: (remark) =>
			(box.validationMessage = remark && {
				message: promptText(remark.text),
				severity: remark.isError ? Error : Info,
			}),
	};
}
