import { fieldsOf } from '../../common/json';
import type { Piece } from '../../gemini/gemini';
import { markdownOf } from '../../gemini/answer/pieceMarkdown';
import type { JsonObject } from '../../generation/options';
import type { CallMemory } from './callMemory';
import type { ToolNames } from './toolNames';

/** A part of an answer, as the editor takes it. */
export type AnswerPart =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'call'; readonly callId: string; readonly name: string; readonly input: JsonObject }
	/** Where the editor has no place for it, it is left out. */
	| { readonly type: 'thinking'; readonly text: string; readonly metadata?: JsonObject };

/** Makes parts of the pieces of one answer, and remembers what the editor may drop. */
export class AnswerParts {
	private text = '';
	private signature: string | undefined;

	constructor(
		private readonly memory: Pick<CallMemory, 'keepCall' | 'keepText'>,
		private readonly names: Pick<ToolNames, 'forEditor'>,
		private readonly newId: () => string,
		/** The model that was asked for: another one may answer. */
		private readonly wanted: string,
	) {}

	/** @param model the one that answers */
	of(piece: Piece, model: string): readonly AnswerPart[] {
		switch (piece.type) {
			case 'text':
			case 'code':
			case 'codeResult':
			case 'file': {
				const text = markdownOf(piece);
				this.text += text;
				return text === '' ? [] : [{ type: 'text', text }];
			}
			case 'thought':
				return [{ type: 'thinking', text: piece.text }];
			case 'signature':
				this.signature = piece.signature;
				return [];
			case 'call': {
				const { name, args, id, signature } = piece;
				const callId = `call_${this.newId()}`;
				const signed = { ...(signature !== undefined && { signature }), model, wanted: this.wanted };
				this.memory.keepCall(callId, { ...signed, ...(id !== undefined && { id }) });
				const input = fieldsOf(args);
				return [
					...(signature === undefined ? [] : [signatureOf({ ...signed, callId })]),
					{ type: 'call', callId, name: this.names.forEditor(name), input },
				];
			}
			case 'grounding':
				return [];
		}
	}

	/** What is left when the answer is whole. */
	end(model: string): readonly AnswerPart[] {
		const { signature } = this;
		const known = { ...(signature !== undefined && { signature }), model };
		// Without a signature as well: what the assistant says first is taken for an instruction unless it is known.
		this.memory.keepText(this.text, known);
		return signature === undefined ? [] : [signatureOf(known)];
	}
}

/** Editors hand it back with the conversation. */
function signatureOf(metadata: JsonObject): AnswerPart {
	return { type: 'thinking', text: '', metadata };
}
