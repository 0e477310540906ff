import { bucketId, type Reason, type RestRecord, type RestSpan, type Snapshot, type Wall } from '../../pool/pool';
import type { RestRow, SpanKind, SpanView } from '../../webviews/dashboardProtocol';
import { buckets, projectNames } from './quotas';
import type { Voice } from './voice';

/** Rows that are shown. */
const mostRows = 40;
/** ms. */
const day = 24 * 3_600_000;

/** When buckets rested in the last 24 hours, and since when keys need attention. */
export function restRows(
	{ keys }: Pick<Snapshot, 'keys'>,
	rests: ReadonlyMap<string, RestRecord>,
	now: Wall,
	voice: Voice,
): { readonly rests: readonly RestRow[]; readonly moreRests: number } {
	const names = projectNames(keys, voice.mask);
	const rows = [
		...keys.flatMap(({ key, standing }): RestRow[] =>
			standing.is === 'benched'
				? [{ label: voice.mask(key.label), spans: [benchView(standing.why, standing.since, now, voice)] }]
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
	return { rests: rows.slice(0, mostRows), moreRests: Math.max(0, rows.length - mostRows) };
}

function spanView({ why, from, until }: RestSpan, now: Wall, voice: Voice): SpanView {
	return { fromAgo: now - from, untilAgo: now - until, is: kindOf(why), words: voice.outcome(why) };
}

function benchView(why: Reason, since: Wall, now: Wall, voice: Voice): SpanView {
	return { fromAgo: now - since, is: 'benched', words: voice.outcome(why) };
}

/** The few kinds that colours tell apart. */
function kindOf(why: Reason): SpanKind {
	switch (why) {
		case 'rpm':
		case 'tpm':
			return 'minute';
		case 'rpd':
		case 'tpd':
		case 'cap':
			return 'day';
		case 'tierLacksModel':
		case 'modelDenied':
			return 'closed';
		default:
			return 'capacity';
	}
}
