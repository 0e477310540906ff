import type { Prompt } from '../../gemini/gemini';
import { toolOptions, type OfferedTool } from '../toolSchema/tools';
import { abilitiesOf } from './abilities';
import type { CallMemory } from './callMemory';
import type { HostMessage } from './hostParts';
import { readModelOptions } from './modelOptions';
import { ToolNames } from './toolNames';
import { convert } from './turns';

/** A request as the editor makes it. */
export interface HostRequest {
	readonly messages: readonly HostMessage[];
	readonly tools: readonly OfferedTool[];
	readonly isToolRequired: boolean;
	readonly modelOptions?: Readonly<Record<string, unknown>> | undefined;
	/** The model of the entry that was chosen. */
	readonly model: string;
}

/** The same as it is asked. */
export interface ConvertedRequest {
	readonly prompt: Prompt;
	/** The one that called, where the conversation goes on with results of its calls and nobody has chosen another one; else the one of the entry. */
	readonly model: string;
	/** Inside a turn that uses tools no other model may answer. */
	readonly isInTurn: boolean;
	readonly names: Pick<ToolNames, 'forEditor'>;
}

/**
 * @param wantsThoughts whether summaries of this model's thoughts are asked for
 * @throws ToolFlaw where a tool's schema cannot be made acceptable to the service
 */
export function convertRequest(
	{ messages, tools, isToolRequired, modelOptions, model: wanted }: HostRequest,
	memory: Pick<CallMemory, 'call' | 'text'>,
	wantsThoughts: (model: string) => boolean,
): ConvertedRequest {
	const called = messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'call' ? [part.name] : [])));
	const names = new ToolNames([...tools.map(({ name }) => name), ...called]);
	// First for the wanted model, which another one may have to take over from: that one called.
	const { callingTurn } = convert(messages, { abilities: abilitiesOf(wanted), memory, names });
	// Who has chosen another one since means that: the one that called may be used up.
	const isInTurn = callingTurn !== undefined && (callingTurn.wanted ?? wanted) === wanted;
	const model = (isInTurn ? callingTurn.model : undefined) ?? wanted;
	const { system, turns } = convert(messages, { abilities: abilitiesOf(model), memory, names });
	const options = readModelOptions(modelOptions);
	// What the person set for their own questions must not act on those of an editor: an instruction, where an answer ends, its
	// form, tools beside its own.
	return {
		prompt: {
			turns,
			options: {
				stopSequences: [],
				...(options.responseSchema === undefined && { responseMimeType: 'text/plain' as const }),
				...(tools.length > 0 && { googleSearch: false, codeExecution: false, urlContext: false }),
				...options,
				...(wantsThoughts(model) && { includeThoughts: true }),
				system: system ?? '',
				...toolOptions(tools, isToolRequired, names),
			},
		},
		model,
		isInTurn,
		names,
	};
}
