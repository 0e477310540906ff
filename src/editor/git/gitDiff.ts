import { uriDecoded } from '../../common/decodedText';
import { isSecretFile, secretSign } from '../exclusion/secretFile';
import { looksSecret } from '../exclusion/secretText';

/** The changes of one file, as `git diff` tells them. */
export interface FileChange {
	/** Relative to the repository, after the change. */
	readonly path: string;
	readonly text: string;
}

/** What of a diff goes to the service. */
export interface ChosenDiff {
	readonly text: string;
	/** Files that are named but not shown, because the diff is too long. */
	readonly unshown: readonly string[];
}

// eslint-disable-next-line no-control-regex -- Escape sequences are what is looked for.
const colours = /\x1b\[[\d;]*[mK]/g;

/**
 * The files of a diff, in its order, without the colours that git can be set to write (`color.ui`). A line of git ends at a
 * line feed alone: what else ends lines is part of a file's own.
 */
export function changesIn(diff: string): readonly FileChange[] {
	return diff
		.replace(colours, '')
		.split(/(?<![^\n])(?=(?:diff --(?:git|cc|combined)|Submodule) )/)
		.filter((text) => /^(?:diff --|Submodule )/.test(text))
		.map((text) => ({ path: pathOf(text), text }));
}

/** Changes of files that can hold secrets, or whose text looks like one: also as it stands in its file, without git's marks. */
export function secretChanges(changes: readonly FileChange[]): readonly FileChange[] {
	return changes.filter(
		({ path, text }) =>
			secretSign(path, text) !== undefined || isSecretFile(nameBefore(text)) || looksSecret(text.replace(marks, '$1')),
	);
}

/**
 * Git's signs for the lines that come and go, two of them in a file in conflict; and what stands before the line that it names
 * a place by.
 */
const marks = /(^|\n)(?:[+\- ]{1,2}|@@{1,9} [-+\d, ]{1,200} @@{1,9} )/g;

/** What a file that was renamed, or copied, was called: its lines are from there. No line of its own begins like that. */
function nameBefore(text: string): string {
	return unquoted(/\n(?:rename|copy) from ([^\n]*)/.exec(text)?.[1] ?? '');
}

/** As many whole files as fit into `maxBytes`, small ones first, in the order of the diff; the others by name. */
export function chooseDiff(changes: readonly FileChange[], maxBytes: number): ChosenDiff {
	const encoder = new TextEncoder();
	const sized = changes.map((change) => ({ change, bytes: encoder.encode(change.text).length }));
	const shown = new Set<FileChange>();
	let total = 0;
	for (const { change, bytes } of sized.sort((a, b) => a.bytes - b.bytes)) {
		total += bytes;
		if (total > maxBytes) break;
		shown.add(change);
	}
	return {
		text: changes
			.filter((change) => shown.has(change))
			.map(({ text }) => text)
			.join(''),
		unshown: changes.filter((change) => !shown.has(change)).map(({ path }) => path),
	};
}

/** Files that are named; of more only the count. */
const maxNames = 100;

/** Tells the model what changed beside what it is shown; empty where that is all. */
export function besides({ unshown }: ChosenDiff): string {
	if (unshown.length === 0) return '';
	const names = unshown.slice(0, maxNames).join(', ');
	const more = unshown.length > maxNames ? ` and ${unshown.length - maxNames} more` : '';
	return `Changed as well, too long to show: ${names}${more}`;
}

/**
 * The name after the change; that before it where the file was removed. Git's settings decide what stands before a name: `a/`
 * and `b/`, other letters (`diff.mnemonicPrefix`), or nothing (`diff.noprefix`); and whether a submodule is told of in words
 * (`diff.submodule`).
 */
function pathOf(text: string): string {
	const [header = ''] = text.split('\n@@', 1);
	const lines = header.split('\n');
	const named = (shape: RegExp): string | undefined =>
		lines.map((line) => shape.exec(line)?.[1]).find((name) => name !== undefined);
	const name =
		named(/^\+\+\+ (?!\/dev\/null$)([^]*)$/) ??
		named(/^(?:rename|copy) to ([^]*)$/) ??
		named(/^--- (?!\/dev\/null$)([^]*)$/) ??
		named(/^diff --(?:cc|combined) ([^]*)$/) ??
		named(/^Submodule ([^]*?) (?:[\da-f]{7,40}\.\.|contains )/) ??
		secondOf(named(/^diff --git ([^]*)$/) ?? '');
	return unquoted(name.replace(/\t$/, '')).replace(/^[a-z\d]\//, '');
}

/** Git quotes a name with letters beyond ASCII, and writes each of their bytes as an octal number. */
function unquoted(name: string): string {
	const quoted = /^"([^]*)"$/.exec(name)?.[1];
	if (quoted === undefined) return name;
	const byte = (octal: string): string => `%${Number.parseInt(octal, 8).toString(16).padStart(2, '0')}`;
	const coded = quoted
		.replaceAll('%', '%25')
		.replace(/\\(?:([0-3][0-7]{2})|(.))/g, (_, octal: string | undefined, sign: string) =>
			octal ? byte(octal) : sign,
		);
	return uriDecoded(coded);
}

/** Of two names that differ in their prefixes alone. */
function secondOf(names: string): string {
	return names.slice(Math.ceil(names.length / 2));
}
