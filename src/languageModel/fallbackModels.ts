import type { Settings } from '../settings/settings';

/** Models that may answer in place of the one that an editor or an extension asks for: none where it waits for its own. */
export function fallbackModelsOf({
	languageModelWhenExhausted: whenExhausted,
	fallbackModels,
}: Pick<Settings, 'languageModelWhenExhausted' | 'fallbackModels'>): readonly string[] {
	return whenExhausted.value === 'wait' ? [] : fallbackModels.value;
}
