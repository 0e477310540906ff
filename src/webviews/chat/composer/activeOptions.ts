import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { GenerationOptions, ThinkingLevel } from '../../../generation/options';
import type { ChatStrings } from '../../chatStrings';
import { filled, type Numbers } from '../../shared/format';
import { icon, iconButton } from '../../shared/icon';
import type { Actions } from '../state/actions';

type OptionName = keyof GenerationOptions;

/** An option that is in force. */
interface ActiveOption {
	readonly name: OptionName;
	readonly label: string;
	/** The conversation says so itself; else the settings do. */
	readonly isOwn: boolean;
}

/** Options in force, with what they are called: one click shows each in the drawer, one clears it. */
export function activeOptionList(
	own: GenerationOptions,
	defaults: GenerationOptions,
	{
		strings,
		numbers,
		actions,
	}: { readonly strings: ChatStrings; readonly numbers: Numbers; readonly actions: Actions },
): TemplateResult | typeof nothing {
	const active = activeOptions(own, defaults, strings, numbers);
	return active.length === 0
		? nothing
		: html`<ul class="chips" data-role="options" aria-label=${strings.activeOptions}>
				${repeat(
					active,
					({ name }) => name,
					({ name, label, isOwn }) =>
						html`<li class="chip" data-option=${name}>
							<button
								type="button"
								class="chip-button"
								title=${isOwn ? label : filled(strings.bySettings, label)}
								@click=${() => actions.showOption(name)}
							>
								${isOwn ? nothing : icon('settings')}<bdi>${label}</bdi>
							</button>
							${
								isOwn
									? iconButton('close', filled(strings.clearOption, label), () =>
											actions.setOptions(without(own, name)),
										)
									: nothing
							}
						</li>`,
				)}
			</ul>`;
}

function activeOptions(
	own: GenerationOptions,
	defaults: GenerationOptions,
	strings: ChatStrings,
	numbers: Numbers,
): readonly ActiveOption[] {
	const names = namesOf(strings);
	return Object.entries(names).flatMap(([key, title]): readonly ActiveOption[] => {
		const name = key as OptionName;
		const value = own[name] ?? defaults[name];
		if (value === undefined || value === '') return [];
		return [
			{
				name,
				label: labelled(title, value, strings, numbers),
				isOwn: own[name] !== undefined,
			},
		];
	});
}

function without(options: GenerationOptions, name: OptionName): GenerationOptions {
	const { [name]: _, ...others } = options;
	return others;
}

/** Every option once, in the order of the drawer. */
function namesOf(strings: ChatStrings): Readonly<Record<OptionName, string>> {
	return {
		system: strings.systemInstruction,
		temperature: strings.temperature,
		maxOutputTokens: strings.maxLength,
		thinking: strings.thinkingLevel,
		includeThoughts: strings.includeThoughts,
		googleSearch: strings.googleSearch,
		codeExecution: strings.codeExecution,
		urlContext: strings.urlContext,
		topP: strings.topP,
		topK: strings.topK,
		seed: strings.seed,
		presencePenalty: strings.presencePenalty,
		frequencyPenalty: strings.frequencyPenalty,
		mediaResolution: strings.mediaResolution,
		serviceTier: strings.serviceTier,
		store: strings.mayLog,
		enableEnhancedCivicAnswers: strings.civicAnswers,
		safetySettings: strings.safetyFilters,
		responseMimeType: strings.answerForm,
		responseSchema: strings.answerSchema,
		stopSequences: strings.stopSequences,
	};
}

/** A field's label says the range after a comma: that is left out. */
function labelled(title: string, value: unknown, strings: ChatStrings, numbers: Numbers): string {
	const [name = title] = title.split(',');
	if (typeof value === 'number') return `${name} ${numbers.typed(value)}`;
	if (value === false) return `${name}: ${strings.no}`;
	const words: Readonly<Record<string, string>> = thinkingLevelsIn(strings);
	const word = typeof value === 'string' && title !== strings.systemInstruction ? (words[value] ?? value) : undefined;
	return word === undefined ? name : `${name}: ${word}`;
}

/** What the levels of thinking are called, from the least. */
export function thinkingLevelsIn(strings: ChatStrings): Readonly<Record<ThinkingLevel, string>> {
	return {
		minimal: strings.thinkingMinimal,
		low: strings.thinkingLow,
		medium: strings.thinkingMedium,
		high: strings.thinkingHigh,
		xhigh: strings.thinkingXhigh,
	};
}
