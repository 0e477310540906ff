import { modelNameIn } from '../../gemini/request/modelName';
import { merged } from '../../generation/merged';
import type { GenerationOptions } from '../../generation/options';
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

type Translate = (message: string, ...args: (string | number)[]) => string;

/** Names that are shown; of more only the count. */
const maxNames = 12;

/** What a run asks, of whom, with which tools and instructions, and where the answers go: a file can be a stranger's. */
export function planInWords({ prompts, answered, usual, target }: Plan, t: Translate): string {
	const models = named(
		prompts.map((prompt) => modelNameIn(prompt.model ?? '') ?? usual.model),
		t,
	);
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
	const systems = options.filter(({ system = '' }) => system !== '').length;
	return [
		answered === 0
			? t('The answers go to {0}, which is replaced if it exists.', target)
			: t('{0} of them have an answer in {1}.', answered, target),
		t('Models: {0}', models),
		...(tools.length > 0 ? [t('Tools: {0}', named(tools, t))] : []),
		systems === 0
			? t('System instructions: none')
			: t('System instructions: set for {0} of {1} prompts', systems, prompts.length),
	].join('\n');
}

function named(names: readonly string[], t: Translate): string {
	const all = [...new Set(names)];
	const shown = all
		.slice(0, maxNames)
		.map((name) => inOneLine(name).slice(0, 100))
		.join(', ');
	return all.length > maxNames ? t('{0} and {1} more', shown, all.length - maxNames) : shown;
}

/** A name with a line end in it would put words of its own into the question. */
export function inOneLine(name: string): string {
	return name.replace(/\s+/g, ' ');
}
