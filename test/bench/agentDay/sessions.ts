import { chance } from '../../support/pool/chance';
import { model } from '../ledgers';

/** One turn of a tool: what the model called, and what came of it. */
export interface Turn {
	readonly name: string;
	readonly args: Readonly<Record<string, string>>;
	readonly result: string;
}

/** What an agent sends in one call: everything that was said before, and the last tool's result. */
export interface AgentCall {
	readonly session: number;
	readonly system: string;
	readonly task: string;
	readonly turns: readonly Turn[];
}

const systemBytes = 30_000;
const callBytes = 40_000;
/** The agent shortens its history beyond this many bytes. */
const historyBytes = callBytes - systemBytes;
const vocabulary =
	'const return import from export function read write test file line error value type await path list name build'.split(
		' ',
	);
const tools = ['read_file', 'run_shell_command', 'replace', 'search_file_content'];

/** Sessions of tool calls of gemini-cli's size, the same for everybody: a long system text, then turn after turn. */
export function sessionsOf(count: number, calls: number): readonly (readonly AgentCall[])[] {
	return Array.from({ length: count }, (_, session) => {
		const random = chance(1_000 + session);
		const text = (bytes: number): string => {
			let written = '';
			while (written.length < bytes) written += `${vocabulary[Math.floor(random() * vocabulary.length)] ?? ''} `;
			return written.slice(0, bytes);
		};
		const system = text(systemBytes);
		const task = `Task ${session}: mend the failing test. [short]`;
		let turns: readonly Turn[] = [];
		return Array.from({ length: calls }, (__, n) => {
			const name = tools[n % tools.length] ?? '';
			turns = [...turns, { name, args: { path: `src/file${session}-${n}.ts` }, result: text(900) }];
			while (JSON.stringify(turns).length > historyBytes) turns = turns.slice(1);
			return { session, system, task, turns };
		});
	});
}

/** Google's stand-in for a signature that a client does not have. */
const signature = 'skip_thought_signature_validator';
const declarations = tools.map((name) => ({
	name,
	description: `The tool ${name}.`,
	parameters: { type: 'object', properties: { path: { type: 'string' } } },
}));

export function geminiBody({ system, task, turns }: AgentCall): string {
	return JSON.stringify({
		systemInstruction: { parts: [{ text: system }] },
		contents: [
			{ role: 'user', parts: [{ text: task }] },
			...turns.flatMap(({ name, args, result }) => [
				{ role: 'model', parts: [{ functionCall: { name, args }, thoughtSignature: signature }] },
				{ role: 'user', parts: [{ functionResponse: { name, response: { output: result } } }] },
			]),
		],
		tools: [{ functionDeclarations: declarations }],
	});
}

export function openAiBody({ system, task, turns }: AgentCall): string {
	return JSON.stringify({
		model,
		stream: true,
		messages: [
			{ role: 'system', content: system },
			{ role: 'user', content: task },
			...turns.flatMap(({ name, args, result }, n) => [
				{
					role: 'assistant',
					content: null,
					tool_calls: [
						{
							id: `call${n}`,
							type: 'function',
							function: { name, arguments: JSON.stringify(args), thought_signature: signature },
							extra_content: { google: { thought_signature: signature } },
						},
					],
				},
				{ role: 'tool', tool_call_id: `call${n}`, name, content: result },
			]),
		],
		tools: declarations.map((one) => ({ type: 'function', function: one })),
	});
}
