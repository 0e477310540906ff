import { modelNameIn } from '../../gemini/request/address';
import { merged } from '../../generation/merged';
import type { GenerationOptions } from '../../generation/options';
import { oneLine } from '../../ui/safeText';
import type { Translate, Words } from '../../localization/words';
import type { BatchPrompt } from './batchFile';

/** What a person is told before prompts are sent. */
export interface Plan {
	readonly prompts: readonly Pick<BatchPrompt, 'model' | 'system' | 'options'>[];
	/** Of all prompts. */
	readonly answered: number;
	/** The settings' choices, for prompts that say nothing else. */
	readonly usual: UsualChoices;
	/** Where the results go, for people. */
	readonly target: string;
}

export interface UsualChoices {
	readonly model: string;
	readonly options: GenerationOptions;
}

type Counting = Pick<Words, 't' | 'describeCount'>;

/** Names that are shown; of more only the count. */
const maxNames = 12;

/** Characters of a name and of a place: with the longest of each, the whole plan has room in the question. */
const maxName = 60;
const maxPlace = 200;

/**
 * What a run asks, of whom, with which tools and instructions, and where the answers go; and where it costs more, or is logged:
 * anybody can have written the file.
 */
export function planInWords({ prompts, answered, usual, target }: Plan, { t, describeCount }: Counting): string {
	const models = named(
		prompts.map((prompt) => modelNameIn(prompt.model ?? '') ?? usual.model),
		t,
	);
	const where = placeInWords(target);
	const options = prompts.map(({ options: own, system }) =>
		merged({ ...own, ...(system !== undefined && { system }) }, usual.options),
	);
	// First what the service does: no number of functions, which nobody calls, hides it.
	const tools = [
		...(options.some(({ googleSearch }) => googleSearch === true) ? [t('Google Search')] : []),
		...(options.some(({ codeExecution }) => codeExecution === true) ? [t('code execution')] : []),
		...(options.some(({ urlContext }) => urlContext === true) ? [t('reading web addresses')] : []),
		...options.flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name }) => String(name))),
	];
	const tiers = options.flatMap(({ serviceTier = 'standard' }) => (serviceTier === 'standard' ? [] : [serviceTier]));
	const systems = options.filter(({ system = '' }) => system !== '').length;
	return [
		answered === 0
			? t('The answers go to {0}, which is replaced if it exists.', where)
			: answered === 1
				? t('1 of them has an answer in {0} already.', where)
				: t('{0} of them have an answer in {1} already.', describeCount(answered), where),
		t('Models: {0}', models),
		...(tools.length > 0 ? [t('Tools: {0}', named(tools, t))] : []),
		...(tiers.length > 0 ? [`${t('Service tier')}: ${named(tiers, t)}`] : []),
		...(options.some(({ store }) => store === true) ? [t('Google may log the request')] : []),
		systems === 0
			? t('System instructions: none')
			: prompts.length === 1
				? t('System instructions: set')
				: t('System instructions: set for {0} of {1} prompts', describeCount(systems), describeCount(prompts.length)),
	].join('\n');
}

function named(names: readonly string[], t: Translate): string {
	const all = [...new Set(names)];
	const shown = all
		.slice(0, maxNames)
		.map((name) => oneLine(name, maxName))
		.join(', ');
	return all.length > maxNames ? t('{0} and {1} more', shown, all.length - maxNames) : shown;
}

/** Where the results go: both ends of a long path, on one line, so that it puts no words of its own into the question. */
export function placeInWords(path: string): string {
	return oneLine(path, maxPlace);
}
