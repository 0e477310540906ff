import { searchable } from '../../common/searchable';

/** A file that can be mentioned. */
export interface Candidate {
	/** Relative to the workspace, with slashes. */
	readonly path: string;
	readonly isOpen: boolean;
}

/**
 * The files that a text names, best first: by the beginning of their name, by a part of it, by a part of their path. Among
 * equals those that are open come first, then the shorter path.
 */
export function ranked<C extends Candidate>(candidates: readonly C[], text: string, max: number): readonly C[] {
	const sought = folded(text);
	return candidates
		.map((candidate) => ({ candidate, rank: rankOf(folded(candidate.path), sought) }))
		.filter(({ rank }) => rank !== undefined)
		.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || compare(a.candidate, b.candidate))
		.slice(0, max)
		.map(({ candidate }) => candidate);
}

/** macOS can have names with their accents apart, as nobody types them. */
function folded(text: string): string {
	return searchable(text.normalize('NFC'));
}

function rankOf(path: string, sought: string): number | undefined {
	const name = path.slice(path.lastIndexOf('/') + 1);
	if (name.startsWith(sought)) return 0;
	if (name.includes(sought)) return 1;
	return path.includes(sought) ? 2 : undefined;
}

function compare(a: Candidate, b: Candidate): number {
	if (a.isOpen !== b.isOpen) return a.isOpen ? -1 : 1;
	return a.path.length - b.path.length || (a.path < b.path ? -1 : 1);
}
