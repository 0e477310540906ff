import {
	bucketId,
	type Reason,
	type CooldownRecord,
	type CooldownSpan,
	type Snapshot,
	type EpochMs,
} from '../../pool/pool';
import type { RestRow, SpanKind, SpanView } from '../../webviews/dashboardProtocol';
import { buckets, projectNames } from './quotas';
import type { Voice } from './voice';

/** Rows that are shown. */
const maxRows = 40;
/** ms. */
const day = 24 * 3_600_000;

/** When buckets cooled down in the last 24 hours, and since when keys need attention. */
export function restRows(
	{ keys }: Pick<Snapshot, 'keys'>,
	rests: ReadonlyMap<string, CooldownRecord>,
	now: EpochMs,
	voice: Voice,
): { readonly rests: readonly RestRow[]; readonly moreRests: number } {
	const names = projectNames(keys, voice.mask);
	const rows = [
		...keys.flatMap(({ key, availability }): RestRow[] =>
			availability.state === 'quarantined'
				? [
						{
							label: voice.mask(key.label),
							spans: [quarantineView(availability.reason, availability.since, now, voice)],
						},
					]
				: [],
		),
		...buckets(keys).flatMap(({ project, model: { model } }): RestRow[] => {
			const spans = rests.get(bucketId(project as never, model))?.spans.filter(({ until }) => until > now - day) ?? [];
			return spans.length === 0
				? []
				: [
						{
							label: names.get(project) ?? '',
							model: voice.mask(model),
							spans: spans.map((span) => spanView(span, now, voice)),
						},
					];
		}),
	];
	return { rests: latest(rows), moreRests: Math.max(0, rows.length - maxRows) };
}

/** As many as are shown, in their order: of the last hour none is missing that those of the day would crowd out. */
function latest(rows: readonly RestRow[]): readonly RestRow[] {
	const endedAgo = ({ spans }: RestRow): number =>
		Math.min(...spans.map(({ untilAgo = -Number.MAX_SAFE_INTEGER }) => untilAgo));
	const shown = new Set([...rows].sort((a, b) => endedAgo(a) - endedAgo(b)).slice(0, maxRows));
	return rows.filter((row) => shown.has(row));
}

function spanView({ reason, from, until }: CooldownSpan, now: EpochMs, voice: Voice): SpanView {
	return { fromAgo: now - from, untilAgo: now - until, kind: kindOf(reason), words: voice.outcome(reason) };
}

function quarantineView(reason: Reason, since: EpochMs, now: EpochMs, voice: Voice): SpanView {
	return { fromAgo: now - since, kind: 'quarantined', words: voice.outcome(reason) };
}

/** The few kinds that colours tell apart. */
function kindOf(reason: Reason): SpanKind {
	switch (reason) {
		case 'rpm':
		case 'tpm':
			return 'minute';
		case 'rpd':
		case 'tpd':
		case 'cap':
		case 'budget':
			return 'day';
		case 'tierLacksModel':
		case 'modelDenied':
			return 'unsupported';
		default:
			return 'capacity';
	}
}
