import { CancellationError, LanguageModelError } from 'vscode';
import type { HostFailure } from './failures';

/** An error of ours that `vscode.lm` has no code for. Name, message and code are all that reaches another extension. */
class KeypoolError extends Error {
	override readonly name = 'KeypoolError';
	/** VS Code's own chat shows a person what stands here, behind the message: it would be our packed code. */
	override readonly stack = '';

	constructor(
		message: string,
		readonly code: string,
	) {
		super(message);
	}
}

/** A failure as the editor hands it on. */
export function hostError({ code, text, reason }: HostFailure): Error {
	switch (code) {
		case 'Blocked':
			return LanguageModelError.Blocked(text);
		case 'NoPermissions':
			return LanguageModelError.NoPermissions(text);
		case 'NotFound':
			return LanguageModelError.NotFound(text);
		case 'Cancelled':
			return new CancellationError();
		case 'Other':
			return new KeypoolError(text, reason);
	}
}
