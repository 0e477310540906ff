import { fieldsOf } from '../../common/json';
import type { JsonObject, PromptOptions } from '../../generation/options';
import type { ToolNames } from '../conversation/toolNames';
import { SchemaFlaw } from './schemaNode';
import { toolInput } from './toolInput';

/** A tool as the editor offers it. */
export interface OfferedTool {
	readonly name: string;
	readonly description: string;
	readonly inputSchema?: object | undefined;
}

/** A tool whose schema cannot be made acceptable to the service. */
export class ToolFlaw extends Error {
	override readonly name = 'ToolFlaw';

	constructor(
		readonly tool: string,
		/** English, for the author of the tool. */
		readonly flaw: string,
	) {
		super(`${tool}: ${flaw}`);
	}
}

/**
 * What an extension hands over as its tools, which in JavaScript may be one in place of a list, or undefined where it looked
 * for one.
 *
 * @throws ToolFlaw
 */
export function readTools(given: unknown): readonly OfferedTool[] {
	const tools: readonly unknown[] = [given ?? []].flat();
	return tools.map((tool, n) => {
		if (typeof fieldsOf(tool)['name'] !== 'string') throw new ToolFlaw(`#${n + 1}`, 'it has no name');
		return tool as OfferedTool;
	});
}

/**
 * Tools as the service takes them; where one is required, the model has to call one.
 *
 * @throws ToolFlaw
 */
export function toolOptions(
	offered: readonly OfferedTool[],
	isRequired: boolean,
	names: Pick<ToolNames, 'forService'>,
): Pick<PromptOptions, 'functionDeclarations' | 'toolConfig'> {
	if (offered.length === 0) return {};
	// The service refuses two of one name: the first one counts.
	const tools = offered.filter(({ name }, n) => offered.findIndex((tool) => tool.name === name) === n);
	const functionDeclarations = tools.map((tool) => declarationOf(tool, names));
	const allowedFunctionNames = tools.map(({ name }) => names.forService(name));
	return {
		functionDeclarations,
		...(isRequired && { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames } } }),
	};
}

function declarationOf(
	{ name, description, inputSchema }: OfferedTool,
	names: Pick<ToolNames, 'forService'>,
): JsonObject {
	try {
		const parametersJsonSchema = toolInput(inputSchema);
		return {
			name: names.forService(name),
			...(description !== '' && { description }),
			...(parametersJsonSchema !== undefined && { parametersJsonSchema }),
		};
	} catch (error) {
		throw error instanceof SchemaFlaw ? new ToolFlaw(name, error.message) : error;
	}
}
