import { objectIn } from '../../../common/json';
import type { GenerationOptions, SafetySetting } from '../../../generation/options';
import type { ChatStrings } from '../../chatStrings';
import { filled } from '../../shared/format';

/** Before the category in the name of a safety field. */
export const safetyPrefix = 'safety ';

/** Sequences that the service takes. */
const maxStops = 5;

const numbers = [
	'temperature',
	'topP',
	'topK',
	'seed',
	'maxOutputTokens',
	'presencePenalty',
	'frequencyPenalty',
] as const satisfies readonly (keyof GenerationOptions)[];
const flags = [
	'includeThoughts',
	'googleSearch',
	'codeExecution',
	'urlContext',
	'enableEnhancedCivicAnswers',
	'store',
] as const satisfies readonly (keyof GenerationOptions)[];
const words = {
	mediaResolution: ['low', 'medium', 'high'],
	serviceTier: ['flex', 'standard', 'priority'],
	responseMimeType: ['text/plain', 'application/json', 'text/x.enum'],
} as const satisfies Partial<Record<keyof GenerationOptions, readonly string[]>>;
const levels = [
	'minimal',
	'low',
	'medium',
	'high',
	'xhigh',
] as const satisfies readonly GenerationOptions['thinking'][];

/**
 * The options that the drawer's form holds; a field that holds none of its values is marked as invalid.
 * @param changed the field that a person has changed: of a thinking level and a budget the later one counts
 */
export function optionsIn(form: HTMLFormElement, changed: EventTarget | null, strings: ChatStrings): GenerationOptions {
	const data = new FormData(form);
	const text = (name: string): string => {
		const value = data.get(name);
		return typeof value === 'string' ? value : '';
	};
	const field = (name: string) => {
		const found = form.elements.namedItem(name);
		return found instanceof HTMLTextAreaElement ? found : undefined;
	};
	const system = text('system').trim();
	const stopSequences = text('stopSequences')
		.split('\n')
		.filter((line) => line !== '');
	field('stopSequences')?.setCustomValidity(
		stopSequences.length > maxStops ? filled(strings.tooManyLines, maxStops) : '',
	);
	const schema = text('responseSchema').trim();
	const responseSchema = schema === '' ? undefined : objectIn(schema);
	field('responseSchema')?.setCustomValidity(schema !== '' && !responseSchema ? strings.badSchema : '');
	const safetySettings = [...data].flatMap(([name, threshold]): readonly SafetySetting[] =>
		name.startsWith(safetyPrefix) && typeof threshold === 'string' && threshold !== ''
			? [{ category: name.slice(safetyPrefix.length), threshold }]
			: [],
	);
	const thinking = thinkingIn(text, changed instanceof HTMLInputElement);
	return {
		...(system !== '' && { system }),
		...numbersIn(text),
		...flagsIn(text),
		...wordsIn(text),
		...(thinking !== undefined && { thinking }),
		...(stopSequences.length > 0 && { stopSequences }),
		...(responseSchema && { responseSchema }),
		...(safetySettings.length > 0 && { safetySettings }),
	};
}

type Text = (name: string) => string;

/** Level and budget together are refused by the service. */
function thinkingIn(text: Text, isNumberLater: boolean): GenerationOptions['thinking'] {
	const level = levels.find((one) => one === text('thinkingLevel'));
	const budget = text('thinkingBudget') === '' ? undefined : Number(text('thinkingBudget'));
	return isNumberLater ? (budget ?? level) : (level ?? budget);
}

function numbersIn(text: Text): Pick<GenerationOptions, (typeof numbers)[number]> {
	return Object.fromEntries(numbers.flatMap((name) => (text(name) === '' ? [] : [[name, Number(text(name))]])));
}

function flagsIn(text: Text): Pick<GenerationOptions, (typeof flags)[number]> {
	return Object.fromEntries(flags.flatMap((name) => (text(name) === '' ? [] : [[name, text(name) === 'true']])));
}

function wordsIn(text: Text): Pick<GenerationOptions, keyof typeof words> {
	const entries = Object.entries(words).map(([name, all]) => [name, all.find((one) => one === text(name))] as const);
	return Object.fromEntries(entries.filter(([, word]) => word !== undefined));
}
