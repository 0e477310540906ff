import { html, type TemplateResult } from 'lit-html';
import type { GenerationOptions } from '../../../generation/options';
import type { ChatStrings } from '../../chatStrings';
import { filled, type Numbers } from '../../shared/format';
import type { Actions } from '../state/actions';
import { thinkingLevelsIn } from './activeOptions';
import { choiceField, numberField, textField, type Choice } from './drawerFields';
import { optionsIn, safetyPrefix } from './optionsIn';

export interface DrawerContext {
	/** What the conversation says itself. */
	readonly options: GenerationOptions;
	/** What the setting says where it does not. */
	readonly defaults: GenerationOptions;
	readonly open: boolean;
	readonly strings: ChatStrings;
	readonly numbers: Numbers;
	readonly actions: Actions;
}

/** How the answers of this conversation are made. An empty field leaves it to the setting, or to the service. */
export function drawer(context: DrawerContext): TemplateResult {
	const { options, open, strings, actions } = context;
	const onChange = ({ currentTarget, target }: Event) => {
		if (!(currentTarget instanceof HTMLFormElement)) return;
		const changed = optionsIn(currentTarget, target, strings);
		// What is folded away cannot say what is wrong with it.
		const wrong = currentTarget.querySelector<HTMLInputElement | HTMLTextAreaElement>(':is(input, textarea):invalid');
		const folded = wrong?.closest('details');
		if (folded) folded.open = true;
		// The browser's own report would take the focus back from the field that it goes to.
		if (wrong) actions.refuse(`${wrong.labels?.[0]?.textContent.trim() ?? ''}: ${wrong.validationMessage}`);
		else actions.setOptions(changed);
	};
	return html`<form
		class="drawer"
		id="drawer"
		aria-label=${strings.options}
		?hidden=${!open}
		@change=${onChange}
		@submit=${(event: Event) => event.preventDefault()}
		@keydown=${(event: KeyboardEvent) => {
			if (event.key !== 'Escape' || event.isComposing) return;
			event.preventDefault();
			actions.toggleDrawer();
		}}
	>
		${textField('system', strings.systemInstruction, options.system ?? '', context.defaults.system ?? '', 3)}
		${usual(context)}
		<details class="wide more">
			<summary>${strings.moreOptions}</summary>
			<div class="fields">${more(context)}</div>
		</details>
	</form>`;
}

function usual(context: DrawerContext): readonly TemplateResult[] {
	const { options, defaults, strings, numbers } = context;
	const { number, flag } = fieldsOf(context);
	const levels = thinkingLevelsIn(strings);
	const set = options.thinking ?? defaults.thinking;
	const isBudget = typeof set === 'number';
	const unset = strings.byService;
	const inSettings = options.thinking === undefined && set !== undefined;
	return [
		number('temperature', strings.temperature, { min: 0, max: 2 }),
		number('maxOutputTokens', strings.maxLength, {
			min: 1,
			max: 1_000_000,
			step: 1,
		}),
		choiceField(
			'thinkingLevel',
			strings.thinkingLevel,
			typeof options.thinking === 'string' ? options.thinking : '',
			inSettings && !isBudget ? filled(strings.bySettings, levels[set]) : unset,
			Object.entries(levels),
		),
		numberField(
			'thinkingBudget',
			strings.thinkingBudget,
			typeof options.thinking === 'number' ? options.thinking : '',
			inSettings && isBudget ? filled(strings.bySettings, numbers.typed(set)) : unset,
			{ min: -1, max: 1_000_000, step: 1 },
		),
		flag('includeThoughts', strings.includeThoughts),
		flag('googleSearch', strings.googleSearch),
		flag('codeExecution', strings.codeExecution),
		flag('urlContext', strings.urlContext),
	];
}

function more(context: DrawerContext): readonly TemplateResult[] {
	const { options, defaults, strings } = context;
	const { number, flag, choice } = fieldsOf(context);
	const schemaText = (schema: object | undefined) => (schema ? JSON.stringify(schema, undefined, 2) : '');
	const lines = (sequences: readonly string[] = []) => sequences.join('\n');
	const maxInt32 = 2 ** 31 - 1;
	return [
		number('topP', strings.topP, { min: 0, max: 1 }),
		number('topK', strings.topK, { min: 1, max: maxInt32, step: 1 }),
		number('seed', strings.seed, {
			min: -maxInt32 - 1,
			max: maxInt32,
			step: 1,
		}),
		number('presencePenalty', strings.presencePenalty, { min: -2, max: 2 }),
		number('frequencyPenalty', strings.frequencyPenalty, { min: -2, max: 2 }),
		choice('mediaResolution', strings.mediaResolution, [
			['low', strings.thinkingLow],
			['medium', strings.thinkingMedium],
			['high', strings.thinkingHigh],
		]),
		choice('serviceTier', strings.serviceTier, [
			['flex', strings.tierFlex],
			['standard', strings.tierStandard],
			['priority', strings.tierPriority],
		]),
		flag('store', strings.mayLog),
		flag('enableEnhancedCivicAnswers', strings.civicAnswers),
		...safety(context),
		choice('responseMimeType', strings.answerForm, [
			['text/plain', 'text/plain'],
			['application/json', 'JSON'],
			['text/x.enum', strings.formEnum],
		]),
		textField(
			'responseSchema',
			strings.answerSchema,
			schemaText(options.responseSchema),
			schemaText(defaults.responseSchema),
		),
		textField('stopSequences', strings.stopSequences, lines(options.stopSequences), lines(defaults.stopSequences)),
	];
}

function safety({ options, defaults, strings }: DrawerContext): readonly TemplateResult[] {
	const thresholds: readonly Choice[] = [
		['OFF', strings.blockOff],
		['BLOCK_NONE', strings.blockNone],
		['BLOCK_ONLY_HIGH', strings.blockHigh],
		['BLOCK_MEDIUM_AND_ABOVE', strings.blockMedium],
		['BLOCK_LOW_AND_ABOVE', strings.blockLow],
	];
	const categories: readonly Choice[] = [
		['HARM_CATEGORY_HARASSMENT', strings.harassment],
		['HARM_CATEGORY_HATE_SPEECH', strings.hateSpeech],
		['HARM_CATEGORY_SEXUALLY_EXPLICIT', strings.sexuallyExplicit],
		['HARM_CATEGORY_DANGEROUS_CONTENT', strings.dangerousContent],
	];
	const thresholdIn = ({ safetySettings }: GenerationOptions, name: string) =>
		safetySettings?.find(({ category }) => category === name)?.threshold;
	return categories.map(([category, label]) =>
		choiceField(
			`${safetyPrefix}${category}`,
			filled(strings.safetyFor, label),
			thresholdIn(options, category),
			unsetLabel(thresholdIn(defaults, category), strings, thresholds),
			thresholds,
		),
	);
}

/** Fields that are called as their options are. */
function fieldsOf({ options, defaults, strings, numbers }: DrawerContext) {
	const choice = (name: keyof GenerationOptions, label: string, choices: readonly Choice[]) =>
		choiceField(name, label, options[name], unsetLabel(defaults[name], strings, choices), choices);
	return {
		choice,
		flag: (name: keyof GenerationOptions, label: string) =>
			choice(name, label, [
				['true', strings.yes],
				['false', strings.no],
			]),
		number: (name: keyof GenerationOptions, label: string, range: Parameters<typeof numberField>[4]) => {
			const set = defaults[name];
			const unset = typeof set === 'number' ? filled(strings.bySettings, numbers.typed(set)) : strings.byService;
			return numberField(name, label, options[name], unset, range);
		},
	};
}

/** What counts where the conversation says nothing. */
function unsetLabel(
	set: GenerationOptions[keyof GenerationOptions],
	{ bySettings, byService }: ChatStrings,
	choices: readonly Choice[],
): string {
	if (set === undefined || typeof set === 'object') return byService;
	const value = String(set);
	return filled(bySettings, choices.find(([one]) => one === value)?.[1] ?? value);
}
