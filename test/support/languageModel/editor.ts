import { EditorStandIn } from '../ui/editor';
import { DataPart, TextPart, ThinkingPart, ToolCallPart, ToolResultPart, TsxPart } from './classes';

/** An error that an extension hears: the code is the name of the function that made it. */
class LanguageModelError extends Error {
	readonly code: string;

	private constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}

	static Blocked(message: string): LanguageModelError {
		return new LanguageModelError('Blocked', message);
	}

	static NoPermissions(message: string): LanguageModelError {
		return new LanguageModelError('NoPermissions', message);
	}

	static NotFound(message: string): LanguageModelError {
		return new LanguageModelError('NotFound', message);
	}
}

/** A question in the history of the chat. */
export class ChatRequestTurn {
	constructor(
		readonly participant: string,
		readonly prompt: string,
	) {}
}

/** A text of an answer in the history of the chat. */
export class ChatResponseMarkdownPart {
	readonly value: { readonly value: string };

	constructor(value: string) {
		this.value = { value };
	}
}

/** A file, or an address of the web. */
export class Address {
	readonly path = '';

	constructor(readonly text = '') {}

	static parse(text: string): Address {
		return new Address(text);
	}
}

/** A place in one: no test here has any. */
class Place {
	readonly uri = new Address();
}

/** The module `vscode`, as far as the provider and the participant know it. */
export class ModelEditor extends EditorStandIn {
	constructor() {
		super();
		Object.assign(this.api, {
			LanguageModelTextPart: TextPart,
			LanguageModelToolCallPart: ToolCallPart,
			LanguageModelToolResultPart: ToolResultPart,
			LanguageModelPromptTsxPart: TsxPart,
			LanguageModelDataPart: DataPart,
			LanguageModelThinkingPart: ThinkingPart,
			LanguageModelChatToolMode: { Auto: 1, Required: 2 },
			LanguageModelError,
			CancellationError: class extends Error {},
			ChatRequestTurn,
			ChatResponseMarkdownPart,
			Uri: Address,
			Location: Place,
			extensions: { getExtension: () => undefined },
			commands: { executeCommand: () => Promise.resolve() },
		});
	}
}

/** A token that nobody cancels. */
export const neverCancelled = {
	isCancellationRequested: false,
	onCancellationRequested: () => ({ dispose: () => undefined }),
};
