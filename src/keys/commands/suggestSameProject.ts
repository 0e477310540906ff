import { l10n } from 'vscode';
import { showInformation } from '../../ui/messages';
import type { SharedProjectMatch } from '../check/sameProject';

/** Suggests, in one notice, grouping keys for which the service named the same project. */
export function suggestSameProject(
	matches: readonly SharedProjectMatch[],
	join: () => Promise<void>,
	report: (error: unknown) => void,
): void {
	const offer = sameProjectOffer(matches);
	if (!offer) return;
	const ask = async (): Promise<void> => {
		if ((await showInformation(offer.text, offer.button)) === offer.button) await join();
	};
	ask().catch(report);
}

export interface SameProjectOffer {
	readonly text: string;
	readonly button: string;
}

/** The suggestion as a part of another notice; undefined where there is none. */
export function sameProjectOffer(matches: readonly SharedProjectMatch[]): SameProjectOffer | undefined {
	return matches.length === 0 ? undefined : { text: describeMatches(matches), button: l10n.t('Put Them Together') };
}

function describeMatches(matches: readonly SharedProjectMatch[]): string {
	const [first] = matches;
	return first && matches.length === 1
		? l10n.t(
				'The service says that {0} belongs to the same project as {1}: they share one quota.',
				first.key.label,
				first.with.label,
			)
		: l10n.t(
				'The service says that {0} of these keys belong to projects that others have as well: keys of one project share one quota.',
				matches.length,
			);
}
