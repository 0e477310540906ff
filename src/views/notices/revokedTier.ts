import type { KeyView, ModelView, LimitUsage, EpochMs } from '../../pool/pool';
import type { Words } from '../../localization/words';

/** What is wrong with a tier that a person set, and what to do: undefined where nothing is. */
export function revokedInWords({ revoked }: Pick<KeyView, 'revoked'>, words: Words, now: EpochMs): string | undefined {
	if (!revoked) return undefined;
	const { t } = words;
	const happened = t(
		'Its project is marked as paid, but since {0} Google counts it as free tier: Keypool no longer treats it as paid.',
		words.describeTime(revoked.since, now),
	);
	return `${happened} ${t('Check its billing in Google AI Studio. Once it is paid, set its tier to paid again.')}`;
}

/** Limits of a model that the service has lowered, each in a sentence. */
export function fallenInWords({ model, limitUsage }: ModelView, { t, describeCount }: Words): readonly string[] {
	return Object.values(limitUsage).flatMap(({ limit, fell }: LimitUsage) =>
		fell === undefined
			? []
			: [
					t(
						'A limit of {0} fell from {1} to {2}: your tier may have dropped.',
						model,
						describeCount(fell.from),
						describeCount(limit),
					),
				],
	);
}
