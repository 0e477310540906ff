/** The editor's classes of parts, as far as a provider sees them. */
import type { PartClasses, RawMessage } from '../../../src/languageModel/conversation/hostParts';

export class TextPart {
	constructor(readonly value: string) {}
}
export class ToolCallPart {
	constructor(
		readonly callId: string,
		readonly name: string,
		readonly input: object,
	) {}
}
export class ToolResultPart {
	constructor(
		readonly callId: string,
		readonly content: readonly unknown[],
	) {}
}
export class DataPart {
	constructor(
		readonly data: Uint8Array,
		readonly mimeType: string,
	) {}
}
export class ThinkingPart {
	constructor(
		readonly value: string,
		readonly id?: string,
		readonly metadata?: object,
	) {}
}
export class TsxPart {
	constructor(readonly value: unknown) {}
}

export const classes: PartClasses = {
	text: TextPart,
	call: ToolCallPart,
	result: ToolResultPart,
	data: DataPart,
	thinking: ThinkingPart,
	tsx: TsxPart,
};

export const user = (...content: unknown[]): RawMessage => ({ role: 1, content });
export const assistant = (...content: unknown[]): RawMessage => ({ role: 2, content });
export const system = (...content: unknown[]): RawMessage => ({ role: 3, content });
export const said = (text: string): TextPart => new TextPart(text);
