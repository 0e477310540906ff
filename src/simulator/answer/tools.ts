import { asList, asMessage, asRecord, InvalidRequest } from './body';

/** A function that the caller declares. */
interface Declared {
	readonly name: string;
	readonly schema: unknown;
}

/** A function call of an answer. */
export interface FunctionCall {
	readonly name: string;
	readonly args: Readonly<Record<string, unknown>>;
}

/** What a request says of functions. */
export interface Tools {
	readonly declared: readonly Declared[];
	/** An answer has to be a call. */
	readonly mustCall: boolean;
	/** What came of the calls in the turn before, as text; none where the last turn holds no results. */
	readonly results: readonly string[];
}

/** The service's own rule for names. */
const functionName = /^[A-Za-z_][\w.:-]{0,127}$/;

/**
 * Reads the functions of a request, and holds its conversation to the rules: as many results as calls, right behind them.
 *
 * @throws InvalidRequest
 */
export function readTools(body: Readonly<Record<string, unknown>>): Tools {
	const declared = asList(body['tools'])
		.flatMap((tool) => asList(asMessage(tool)['functionDeclarations']))
		.map((one, n) => declarationOf(asMessage(one), n));
	const calling = asMessage(asMessage(body['toolConfig'])['functionCallingConfig']);
	const allowed = asList(calling['allowedFunctionNames']);
	const contents = asList(body['contents']).map(asRecord);
	let open: readonly string[] = [];
	contents.forEach((content, n) => {
		const parts = asList(content['parts']).map(asMessage);
		const results = parts.flatMap(({ functionResponse }) =>
			functionResponse === undefined ? [] : [asRecord(functionResponse)],
		);
		if (open.length !== results.length) {
			throw new InvalidRequest(
				'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
			);
		}
		results.forEach(({ name, response }) => {
			if (!open.includes(String(name))) throw new InvalidRequest(`Function response has no call: ${String(name)}.`);
			if (response === undefined || Array.isArray(response)) {
				throw new InvalidRequest(
					`* GenerateContentRequest.contents[${n}].parts[0].function_response.response: required\n`,
				);
			}
		});
		// As newer models do (https://github.com/agentgateway/agentgateway/issues/2811).
		if (results.length > 0 && parts.at(-1)?.['functionResponse'] === undefined) {
			throw new InvalidRequest('Requests ending with a model turn are not supported.');
		}
		open = callsIn(content).map(({ functionCall }) => String(asRecord(functionCall)['name']));
		if (open.length > 0 && n === 0) {
			throw new InvalidRequest(
				'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
			);
		}
	});
	const last = asList(contents.at(-1)?.['parts']).map(asMessage);
	return {
		declared: allowed.length === 0 ? declared : declared.filter(({ name }) => allowed.includes(name)),
		mustCall: calling['mode'] === 'ANY',
		results: last.flatMap(({ functionResponse }) => {
			const { name, response } = asRecord(functionResponse);
			return functionResponse === undefined ? [] : [`${String(name)}: ${JSON.stringify(response)}`];
		}),
	};
}

function declarationOf(
	{ name, parametersJsonSchema, parameters }: Readonly<Record<string, unknown>>,
	n: number,
): Declared {
	const at = `* GenerateContentRequest.tools[0].function_declarations[${n}]`;
	if (typeof name !== 'string' || !functionName.test(name)) {
		throw new InvalidRequest(
			`${at}.name: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n`,
		);
	}
	const schema = parametersJsonSchema ?? parameters;
	const type = asRecord(schema)['type'];
	if (schema !== undefined && !(typeof type === 'string' && type.toLowerCase() === 'object')) {
		throw new InvalidRequest(`${at}.parameters: parameters schema should be of type OBJECT\n`);
	}
	return { name, schema };
}

/** The calls that an answer makes: those that `text` scripts as `[call name {"json"}]`, or one where there must be one. */
export function callsFor(
	{ declared, mustCall }: Tools,
	text: string,
	exampleOf: (schema: unknown) => unknown,
): readonly FunctionCall[] {
	const scripted = [...text.matchAll(/\[call ([\w.:-]+)(?: (\{.*?\}))?\]/gs)].flatMap(([, name = '', json = '{}']) =>
		declared.some((one) => one.name === name) ? [{ name, args: argumentsIn(json) }] : [],
	);
	const [first] = declared;
	return scripted.length > 0 || !mustCall || first === undefined
		? scripted
		: [{ name: first.name, args: asRecord(exampleOf(first.schema ?? { type: 'object' })) }];
}

function argumentsIn(json: string): Readonly<Record<string, unknown>> {
	try {
		return asRecord(JSON.parse(json));
	} catch {
		return {};
	}
}

function callsIn(content: unknown): readonly Readonly<Record<string, unknown>>[] {
	return asList(asRecord(content)['parts'])
		.map(asMessage)
		.filter(({ functionCall }) => functionCall !== undefined);
}

/** The documented stand-in, which every model takes. */
const standIn = 'skip_thought_signature_validator';

/** What a model of this name signs a call or an answer with. */
export function signatureOf(model: string, what: string): string {
	return btoa(JSON.stringify({ simulated: generationOf(model), what }));
}

/**
 * What is wrong with the signatures of a request: in the turn that goes on, the first call of each step must be signed, by a
 * model of the same generation. Undefined where nothing is, and for models that do not sign.
 */
export function signatureFlaw(text: string, model: string): 'missing' | 'invalid' | undefined {
	if (Number(generationOf(model)) < 3) return undefined;
	const contents = asList(asRecord(JSON.parse(text))['contents']);
	const begin = contents.findLastIndex((content) => isQuestion(asRecord(content))) + 1;
	for (const content of contents.slice(begin)) {
		const [first] = callsIn(content);
		if (first === undefined) continue;
		const signature = first['thoughtSignature'];
		if (typeof signature !== 'string' || signature === '') return 'missing';
		if (signature !== standIn && !isSigned(signature, model)) return 'invalid';
	}
	return undefined;
}

/** Words of the user begin a turn; results of functions do not. */
function isQuestion({ role, parts }: Readonly<Record<string, unknown>>): boolean {
	return role !== 'model' && asList(parts).every((part) => asMessage(part)['functionResponse'] === undefined);
}

function isSigned(signature: string, model: string): boolean {
	try {
		return asRecord(JSON.parse(atob(signature)))['simulated'] === generationOf(model);
	} catch {
		return false;
	}
}

function generationOf(model: string): string {
	return /^gemini-(\d+)/.exec(model)?.[1] ?? '';
}
