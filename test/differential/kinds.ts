import type { Opinion } from './opinions';
import type { Told } from './mutate';

/** One kind of difference; `differences.md` explains each under the same name. */
interface Kind {
	readonly name: string;
	readonly when: (our: string, their: string, told: Told) => boolean;
}

const quotaWords = /^(coolDown|markUnsupported)/;

/** The first that fits names the difference. */
const kinds: readonly Kind[] = [
	{ name: 'It fails over a delay that is no text', when: (_, their) => their === 'broken' },
	{
		name: 'It cannot read the body',
		when: (our, their) =>
			their === 'unread' && /^(coolDown|markUnsupported|quarantine billing|retrySameKey|fail noSuchModel)/.test(our),
	},
	{ name: 'HTTP says 404, the body something else', when: (_, their) => their === 'model not found' },
	{ name: 'A class of Cloud Code alone', when: (_, their) => their === 'validation' },
	{
		name: 'The key, its project or its billing is at fault, whatever the status',
		when: (our, their) =>
			/^(quarantine|retryOtherKeyOnce|denyModel|retrySameKey proxy|replaceSignatures)/.test(our) &&
			/^(terminal|retryable|none)$/.test(their),
	},
	{
		name: 'Capacity that it does not wait for',
		when: (our, their, { text }) =>
			their === 'terminal' && quotaWords.test(our) && /exhausted your capacity|MODEL_CAPACITY/i.test(text),
	},
	{
		name: 'A minute longer than five',
		when: (our, their) => their === 'terminal' && /^coolDown (rpm|tpm|capacity)/.test(our),
	},
	{
		name: 'A 503 with a quota in it',
		when: (our, their) => their === 'terminal' && /^retrySameKey (overloaded|deadline)/.test(our),
	},
	{
		name: 'This tier has no such model',
		when: (our, their) => our === 'markUnsupported tierLacksModel' && /^(retryable|none)$/.test(their),
	},
	{
		name: 'A day that only we see',
		when: (our, their) => /^coolDown [rt]pd$/.test(our) && /^(retryable|none)$/.test(their),
	},
	{ name: 'A quota without a number for a code', when: (our, their) => our.startsWith('coolDown') && their === 'none' },
	{ name: 'Ended by its backend', when: (our, _, { text }) => our === 'retrySameKey internal' && text.includes('499') },
	{
		name: 'A time to retry, whatever the status',
		when: (our, their, { text }) =>
			/^(fail|retrySameKey internal)/.test(our) && /retry in/.test(text) && their !== 'none',
	},
	{
		name: 'Quota words around an error of another status',
		when: (our, their) => /^(fail|retrySameKey internal)/.test(our) && /^(terminal|retryable)$/.test(their),
	},
	{
		name: 'Out of time under another status',
		when: (our, their) => our === 'retrySameKey deadline' && their === 'none',
	},
	{ name: 'We wait longer', when: (_, their) => their === 'longer' },
	{ name: 'We wait less', when: (_, their) => their === 'shorter' },
];

/** Which of their classes says the same as our action; one that is not named here has no class of theirs. */
const same: Readonly<Record<string, string>> = {
	'coolDown rpd': 'terminal',
	'coolDown tpd': 'terminal',
	'markUnsupported tierLacksModel': 'terminal',
	'quarantine billing': 'terminal',
	'coolDown rpm': 'retryable',
	'coolDown tpm': 'retryable',
	'coolDown capacity': 'retryable',
	'retrySameKey overloaded': 'retryable',
	'retrySameKey deadline': 'retryable',
	'fail noSuchModel': 'model not found',
};

export const kindNames: readonly string[] = kinds.map(({ name }) => name);

/** Undefined where the two agree; `unnamed` where they differ in a way that is not known. */
export function differenceOf(our: Opinion, their: Opinion, told: Told): string | undefined {
	const wanted = same[our.says];
	const agree = wanted === undefined ? /^(none|unread)$/.test(their.says) : wanted === their.says;
	if (!agree) return nameOf(our.says, their.says, told);
	if (our.delayMs === undefined || their.delayMs === undefined) return undefined;
	// RetryInfo is cut to whole seconds, so ours is a second longer.
	const off = our.delayMs - their.delayMs;
	return off >= 0 && off <= 2000 ? undefined : nameOf(our.says, off > 0 ? 'longer' : 'shorter', told);
}

function nameOf(our: string, their: string, told: Told): string {
	return kinds.find(({ when }) => when(our, their, told))?.name ?? `unnamed: ${our} / ${their}`;
}
