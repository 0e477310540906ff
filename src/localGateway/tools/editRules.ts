import { numberFor, numberIn, numberProblem, type NumberRange } from '../../localization/numberIn';
import {
	ClientError,
	isModelName,
	maxModels,
	modelNamesIn,
	type ClientRecord,
	type ClientRules,
	type RuleChanges,
	type TokenRegistry,
} from '../../gateway/gateway';
import type { Words } from '../../localization/words';
import { askText } from '../../ui/inputBox';
import { pickOne } from '../../ui/quickPick';
import { keysInWords } from '../view/keysInWords';

/** A rule whose value is a number; an empty answer removes it. */
interface NumberRule extends NumberRange {
	readonly rule: 'requestsPerDay' | 'dollarsPerDay' | 'parallel';
	readonly label: string;
}

/** Asks what a tool may do, rule by rule, until the list is closed. Rejects where the tool is gone. */
export async function editRules(id: string, tokens: TokenRegistry, words: Words): Promise<void> {
	for (;;) {
		const client = tokens.list().find((one) => one.id === id);
		if (!client) throw new ClientError('noSuchClient');
		const changes = await askRule(client, words);
		if (!changes) return;
		await tokens.setRules(id, changes);
	}
}

async function askRule({ name, rules }: ClientRecord, words: Words): Promise<RuleChanges | undefined> {
	const { t, describeCount } = words;
	const numbers: readonly NumberRule[] = [
		{ rule: 'parallel', label: t('Requests at the same time'), least: 1, most: 64, whole: true },
		{ rule: 'requestsPerDay', label: t('Requests a day'), least: 1, most: 1_000_000_000, whole: true },
		{ rule: 'dollarsPerDay', label: t('Dollars a day'), least: 0, most: 1_000_000, whole: false },
	];
	const rows = [
		{ label: t('Which keys'), description: keysInWords(rules.keys, words), ask: () => askKeys(rules, words) },
		{
			label: t('Which models'),
			description: rules.models?.join(', ') ?? t('any model'),
			ask: () => askModels('models', rules, words),
		},
		{
			label: t('Models that may stand in'),
			description: rules.fallbackModels?.join(', ') ?? t('as in the settings'),
			ask: () => askModels('fallbackModels', rules, words),
		},
		{
			label: t('Works in batches'),
			description: rules.batch ? t('yes') : t('no'),
			ask: () => Promise.resolve<RuleChanges>({ batch: rules.batch ? undefined : true }),
		},
		...numbers.map((number) => {
			const value = rules[number.rule];
			const description = value === undefined ? t('no limit') : describeCount(value);
			return { label: number.label, description, ask: () => askNumber(number, value, words) };
		}),
	];
	const chosen = await pickOne(rows, { title: t('What may {0} do?', name) });
	return chosen?.ask();
}

async function askKeys({ keys }: ClientRules, words: Words): Promise<RuleChanges | undefined> {
	const rows = (['any', 'free', 'paid'] as const).map((value) => ({
		label: keysInWords(value, words),
		isCurrent: value === keys,
		value,
	}));
	const chosen = await pickOne(rows, { title: words.t('Which keys') });
	return chosen && { keys: chosen.value };
}

async function askModels(
	rule: 'models' | 'fallbackModels',
	rules: ClientRules,
	{ t }: Words,
): Promise<RuleChanges | undefined> {
	const isWanted = rule === 'models';
	const text = await askText({
		title: isWanted ? t('Which models') : t('Models that may stand in'),
		prompt: isWanted
			? t('Names of models, separated by commas. Leave it empty to allow any model.')
			: t('Names of models, separated by commas.'),
		value: rules[rule]?.join(', ') ?? '',
		problem: (typed) => {
			const names = modelNamesIn(typed);
			if (names.length > maxModels) return t('At most {0} models.', maxModels);
			return names.every(isModelName) ? undefined : t('Use only letters, digits, dots and hyphens.');
		},
	});
	if (text === undefined) return undefined;
	const names = modelNamesIn(text);
	return { [rule]: names.length === 0 ? undefined : names };
}

async function askNumber(
	{ rule, label, ...range }: NumberRule,
	value: number | undefined,
	words: Words,
): Promise<RuleChanges | undefined> {
	const isNeeded = rule === 'parallel';
	const needed = words.t('A whole number from {0} to {1}.', range.least, range.most);
	const text = await askText({
		title: label,
		prompt: isNeeded ? needed : words.t('Leave it empty for no limit.'),
		value: numberFor(value),
		problem: (typed) => (isNeeded && numberIn(typed) === undefined ? needed : numberProblem(typed, range, words)),
	});
	return text === undefined ? undefined : { [rule]: numberIn(text, range.whole) };
}
