import { l10n } from 'vscode';
import { showInformation } from '../../ui/messages';
import type { Keyring } from '../keyring/keyring';
import { joinProjects, type SharedProjectMatch } from '../check/sameProject';

/** Suggests, in one notice, grouping keys for which the service named the same project. */
export function suggestSameProject(
	matches: readonly SharedProjectMatch[],
	keyring: Pick<Keyring, 'list' | 'update' | 'updateProject'>,
	report: (error: unknown) => void,
): void {
	const offer = sameProjectOffer(matches, keyring);
	if (!offer) return;
	const ask = async (): Promise<void> => {
		if ((await showInformation(offer.text, offer.button)) === offer.button) await offer.accept();
	};
	ask().catch(report);
}

export interface SameProjectOffer {
	readonly text: string;
	readonly button: string;
	readonly accept: () => Promise<void>;
}

/** The suggestion as a part of another notice; undefined where there is none. */
export function sameProjectOffer(
	matches: readonly SharedProjectMatch[],
	keyring: Pick<Keyring, 'list' | 'update' | 'updateProject'>,
): SameProjectOffer | undefined {
	if (matches.length === 0) return undefined;
	return {
		text: describeMatches(matches),
		button: l10n.t('Put Them Together'),
		accept: () => joinProjects(matches, keyring),
	};
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
