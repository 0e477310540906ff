import { l10n } from 'vscode';

/** What became of several keys that were added, in a sentence. */
export function describeOutcomes(counts: {
	readonly added: number;
	readonly works: number;
	readonly refused: number;
	readonly unchecked: number;
	readonly duplicates: number;
}): string {
	const { added, works, refused, unchecked, duplicates } = counts;
	const parts = [
		...(works > 0 ? [works === 1 ? l10n.t('1 works') : l10n.t('{0} work', works)] : []),
		...(refused > 0 ? [refused === 1 ? l10n.t('1 was refused') : l10n.t('{0} were refused', refused)] : []),
		...(unchecked > 0
			? [unchecked === 1 ? l10n.t('1 was not checked') : l10n.t('{0} were not checked', unchecked)]
			: []),
		...(duplicates > 0
			? [duplicates === 1 ? l10n.t('1 was stored already') : l10n.t('{0} were stored already', duplicates)]
			: []),
	].join(', ');
	return added === 1 ? l10n.t('1 key added: {0}.', parts) : l10n.t('{0} keys added: {1}.', added, parts);
}
