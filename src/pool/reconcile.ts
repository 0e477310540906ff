import type { Bucket, BucketState, KeyRecord, ModelRecord, Wall, Write } from './ledger';
import { at } from './quota/bucket';
import { minuteUse } from './quota/minute';
import { tally } from './quota/tally';
import { mergedRests } from './restLog';
import type { MinuteCount } from './statistics';

/**
 * One document that was changed here while the shared store was out of reach, and there by others: `base` is how both
 * began. What was spent on either side counts, and the more cautious state holds. All three are of one kind.
 */
export function reconciled(ours: Write, theirs: Write, base: Write | undefined, now: Wall): Write {
	switch (ours.kind) {
		case 'bucket':
			if (theirs.kind !== 'bucket') return theirs;
			return { ...theirs, doc: bucket(ours.doc, theirs.doc, base?.kind === 'bucket' ? base.doc : undefined, now) };
		case 'key':
			if (theirs.kind !== 'key') return theirs;
			return { ...theirs, doc: key(ours.doc, theirs.doc, base?.kind === 'key' ? base.doc : undefined) };
		case 'model':
			return theirs.kind === 'model' ? { ...theirs, doc: model(ours.doc, theirs.doc) } : theirs;
		case 'pool':
			// A person has resumed it, or an abuse signal paused it: whichever side changed.
			return base?.kind === 'pool' && base.doc.paused?.since === ours.doc.paused?.since ? theirs : ours;
		case 'usage':
			if (theirs.kind !== 'usage') return theirs;
			return { ...theirs, doc: usage(ours.doc, theirs.doc, base?.kind === 'usage' ? base.doc : undefined) };
		case 'rest':
			return theirs.kind === 'rest' ? { ...theirs, doc: mergedRests(ours.doc, theirs.doc) } : theirs;
		case 'trail':
		case 'line':
		case 'owner':
			return theirs;
	}
}

function bucket(ours: Bucket, theirs: Bucket, from: Bucket | undefined, now: Wall): Bucket {
	const mine = at(ours, now);
	const other = at(theirs, now);
	const base = from && at(from, now);
	const known = new Set(base?.leases.map(({ id }) => id));
	const own = minuteUse(mine.minute, now);
	const before = minuteUse(base?.minute ?? [], now);
	const [requests, input] = [Math.max(0, own.requests - before.requests), Math.max(0, own.input - before.input)];
	return {
		...other,
		state: isLater(mine.state, other.state) ? mine.state : other.state,
		limits: { ...mine.limits, ...other.limits },
		minute: requests + input > 0 ? tally(other.minute, now, requests, input, now) : other.minute,
		day: {
			...other.day,
			requests: other.day.requests + grown(mine.day.requests, base?.day.requests),
			input: other.day.input + grown(mine.day.input, base?.day.input),
		},
		leases: [
			...other.leases.filter(({ id }) => !known.has(id) || mine.leases.some((lease) => lease.id === id)),
			...mine.leases.filter(({ id }) => !known.has(id) && !other.leases.some((lease) => lease.id === id)),
		],
	};
}

function isLater(a: BucketState, b: BucketState): boolean {
	const until = (state: BucketState): Wall => (state.is === 'resting' || state.is === 'closed' ? state.until : 0);
	return until(a) > until(b);
}

function key(ours: KeyRecord, theirs: KeyRecord, base: KeyRecord | undefined): KeyRecord {
	const changed = base === undefined ? ours.state.is === 'benched' : isOther(ours, base);
	return {
		...theirs,
		state: changed && !(isOther(theirs, base) && theirs.state.is === 'benched') ? ours.state : theirs.state,
		score: Math.min(ours.score, theirs.score),
		lastUsed: Math.max(ours.lastUsed, theirs.lastUsed),
		success: theirs.success + grown(ours.success, base?.success),
		fail: theirs.fail + grown(ours.fail, base?.fail),
		tokens: {
			input: theirs.tokens.input + grown(ours.tokens.input, base?.tokens.input),
			output: theirs.tokens.output + grown(ours.tokens.output, base?.tokens.output),
		},
		...deniedModels(ours, theirs),
	};
}

/** The later end of each. */
function deniedModels(ours: KeyRecord, theirs: KeyRecord): Pick<KeyRecord, 'deniedModels'> {
	const until = new Map<string, Wall>();
	for (const one of [...(ours.deniedModels ?? []), ...(theirs.deniedModels ?? [])]) {
		until.set(one.model, Math.max(one.until, until.get(one.model) ?? 0));
	}
	return until.size === 0 ? {} : { deniedModels: [...until].map(([model, end]) => ({ model, until: end })) };
}

function isOther(a: KeyRecord, b: KeyRecord | undefined): boolean {
	return JSON.stringify(a.state) !== JSON.stringify(b?.state);
}

function model(ours: ModelRecord, theirs: ModelRecord): ModelRecord {
	const missingUntil = Math.max(ours.missingUntil ?? 0, theirs.missingUntil ?? 0);
	const resolvesTo = theirs.resolvesTo ?? ours.resolvesTo;
	return {
		...(ours.overloadedUntil > theirs.overloadedUntil ? ours : theirs),
		...(ours.samples > theirs.samples ? pick(ours) : pick(theirs)),
		...(missingUntil > 0 ? { missingUntil } : {}),
		...(resolvesTo ? { resolvesTo } : {}),
	};
}

function pick({ tokensPerByte, samples }: ModelRecord): Pick<ModelRecord, 'tokensPerByte' | 'samples'> {
	return { tokensPerByte, samples };
}

function usage(ours: MinuteCount, theirs: MinuteCount, base: MinuteCount | undefined): MinuteCount {
	const fallbacks = (theirs.fallbacks ?? 0) + grown(ours.fallbacks ?? 0, base?.fallbacks);
	return {
		...theirs,
		sends: theirs.sends + grown(ours.sends, base?.sends),
		input: theirs.input + grown(ours.input, base?.input),
		output: theirs.output + grown(ours.output, base?.output),
		...(fallbacks > 0 && { fallbacks }),
	};
}

/** What was counted since `before`; a count that began anew counts whole. */
function grown(now: number, before = 0): number {
	return now >= before ? now - before : now;
}
