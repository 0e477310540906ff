import * as v from 'valibot';

/** The team's name of the document that says which key is of which project. */
export const lessonsName = 'projects';

/** By the fingerprint of a key, that of its project: learnt by one, it merges the buckets of all. */
export type Lessons = ReadonlyMap<string, string>;

const maxLessons = 5_000;
const fingerprint = v.pipe(v.string(), v.regex(/^[\w-]{22}$/));
const body = v.looseObject({ of: v.record(fingerprint, fingerprint) });

/** The lessons of a row; none where it cannot be read. */
export function lessonsIn(text: string | undefined): Lessons {
	if (text === undefined) return new Map();
	try {
		return new Map(Object.entries(v.parse(body, JSON.parse(text)).of).slice(-maxLessons));
	} catch {
		return new Map();
	}
}

/**
 * The body with what is new; undefined where nothing is. Whoever finds that others were taught otherwise keeps their own to
 * themselves, or both would correct each other for ever; unless they have called it so themselves `until` now.
 */
export function taught(known: Lessons, own: Lessons, until: Lessons): string | undefined {
	const news = [...own].filter(([key, project]) => {
		const there = known.get(key);
		return there === undefined || (there !== project && there === until.get(key));
	});
	if (news.length === 0) return undefined;
	return JSON.stringify({ v: 2, of: Object.fromEntries([...known, ...news].slice(-maxLessons)) });
}
