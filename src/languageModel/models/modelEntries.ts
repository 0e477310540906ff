import type { ModelInfo } from '../../gemini/gemini';
import { isForChat } from '../../gemini/request/forChat';
import type { Words } from '../../localization/words';
import { backWhen, type Availability, type ModelSupply, type Snapshot } from '../../pool/pool';
import { abilitiesOf } from '../conversation/abilities';

/** An entry of the editor's list of models. What the stable types do not have, the editor honours all the same. */
export interface ModelEntry {
	readonly id: string;
	readonly name: string;
	readonly family: string;
	readonly version: string;
	readonly maxInputTokens: number;
	readonly maxOutputTokens: number;
	readonly capabilities: { readonly imageInput: boolean; readonly toolCalling: boolean };
	/** Beside the name. */
	readonly detail?: string;
	readonly tooltip?: string;
	/** Why no key can answer now, and until when. */
	readonly warning?: string;
}

type Supply = Pick<ModelSupply, 'usable' | 'back' | 'isOverloaded'>;

/** The entry that asks whatever model `keypool.model` names. */
export const settingEntry = 'default';

export interface EntryParts {
	/** What the service offers; empty where it could not be asked. */
	readonly models: readonly ModelInfo[];
	/** The setting's model, then its fallbacks: offered even where the service could not be asked. */
	readonly configured: readonly [model: string, ...others: string[]];
	readonly snapshot: Pick<Snapshot, 'aliases' | 'at' | 'keys' | 'paidOnly' | 'paused' | 'resolvedModel' | 'supplies'>;
	readonly words: Words;
}

/** Tokens of models of which the service has not told them: those of today's. */
const usualInput = 1_048_576;
const usualOutput = 65_536;

/** One entry that follows the setting, and one for each model. */
export function modelEntries({ models, configured, snapshot, words }: EntryParts): readonly ModelEntry[] {
	const [wanted] = configured;
	const offered = models.filter(({ id }) => isForChat(id));
	const unlisted = offered.length === 0 ? configured.map((id) => ({ id, label: id })) : [];
	const all: readonly ModelInfo[] = [...offered, ...unlisted];
	const info = all.find(({ id }) => id === wanted) ?? { id: wanted, label: wanted };
	const entry = (model: ModelInfo): Omit<ModelEntry, 'id' | 'name' | 'family'> => {
		const { takesImages, callsFunctions } = abilitiesOf(model.id);
		const own = snapshot.aliases.get(model.id) ?? model.id;
		const warning = warningOn(own, snapshot, words);
		return {
			version: model.id,
			maxInputTokens: Math.min(model.inputLimit ?? usualInput, largestInput(own, snapshot.keys)),
			maxOutputTokens: model.outputLimit ?? usualOutput,
			capabilities: { imageInput: takesImages, toolCalling: callsFunctions },
			...(warning !== undefined && { warning }),
		};
	};
	return [
		{
			...entry(info),
			id: settingEntry,
			// The editor chooses the first by name where nobody has chosen.
			name: words.t('Auto (Keypool)'),
			family: 'keypool',
			detail: info.label,
			tooltip: words.t('Asks {0} now. It follows the setting keypool.model.', info.label),
		},
		...all.map((model) => ({
			...entry(model),
			id: model.id,
			name: model.label,
			family: model.id,
			tooltip: words.isGatewayUsed()
				? words.t('{0}, through your team’s gateway.', model.id)
				: words.t('{0}, answered by any of your keys that can.', model.id),
		})),
	];
}

/** Says the time and its day: the editor draws it once. */
function warningOn(model: string, snapshot: EntryParts['snapshot'], words: Words): string | undefined {
	const { at, keys, paidOnly, paused, supplies, resolvedModel } = snapshot;
	if (paused) return words.describeReason('paused').text;
	if (paidOnly && enabledKeys(keys).length === 0) return words.describeReason('paidOnly').text;
	const supply =
		supplies.find((one) => one.model === model) ??
		(model === resolvedModel ? supplies[0] : supplyOfUnasked(model, keys));
	if (supply === undefined || supply.usable > 0) return undefined;
	if (supply.isOverloaded) return words.describeReason('overloaded').text;
	if (supply.back === undefined) return words.describeReason('noUsableKey').text;
	const back = words.describeLastingTime(supply.back, at);
	return words.isGatewayUsed()
		? words.t('The team’s gateway cannot answer with this model until {0}.', back)
		: words.t('All keys rest for this model until {0}.', back);
}

function enabledKeys(keys: Snapshot['keys']): Snapshot['keys'] {
	return keys.filter(({ key, isBarred }) => key.enabled && !isBarred);
}

/**
 * Input tokens of the largest request that some key takes: the minute of a tier can be smaller than the model, and an editor
 * shortens a conversation only when the model is full. Infinite where the limit of one key is not known.
 */
function largestInput(model: string, keys: Snapshot['keys']): number {
	const limits = enabledKeys(keys)
		.filter(({ availability }) => availability.state !== 'quarantined')
		.map(({ models }) => models.find((one) => one.model === model)?.limitUsage.tpm?.limit ?? 0);
	return limits.length === 0 || limits.includes(0) ? Infinity : Math.max(...limits);
}

/** Of a model that nobody has asked for in the last hour: a day's quota that is used up rests longer than that. */
function supplyOfUnasked(model: string, keys: Snapshot['keys']): Supply {
	const able = enabledKeys(keys).map(({ availability, models, cap }): Availability => {
		if (availability.state === 'quarantined') return availability;
		const own = models.find((one) => one.model === model)?.availability ?? { state: 'usable' };
		return own.state === 'usable' && cap ? cap.availability : own;
	});
	const ends = able.flatMap(backWhen);
	return {
		usable: able.filter(({ state }) => state === 'usable').length,
		isOverloaded: false,
		...(ends.length > 0 && { back: Math.min(...ends) }),
	};
}
