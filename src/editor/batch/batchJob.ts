import * as vscode from 'vscode';
import { askInformation, showWarning } from '../../ui/messages';
import { digestOf } from '../../common/digest';
import { byteOrderMark, hasByteOrderMark, strictText } from '../../common/decodedText';
import { nameOf } from '../../workspaceFiles/nameOf';
import { FileRefused } from '../../workspaceFiles/workspaceFiles';
import { readPlainTable, readTable, separatorOf, writeTable } from '../../common/table';
import type { Assistant } from '../ask/assistant';
import { maxBytes } from '../exclusion/contentExclusion';
import { secretSign } from '../exclusion/secretFile';
import { maySendSecrets } from '../context/codeSelection';
import { placeInWords, planInWords, type UsualChoices } from './agreement';
import { formatOf, maxFileBytes, maxPrompts, parseBatch, type BatchPrompt, type ParsedBatch } from './batchFile';
import type { OwnResults } from './ownResults';
import {
	answeredBefore,
	jsonlResults,
	resultPathFor,
	tableResults,
	type BatchRow,
	type ResultFormat,
} from './resultFile';

/** A file of prompts, and what is known of its answers. */
export interface Job {
	readonly source: vscode.Uri;
	/** Of what the source holds. */
	readonly digest: string;
	/** A byte-order mark where the results want one: a spreadsheet that wrote one reads no other letters than English without. */
	readonly mark: '' | typeof byteOrderMark;
	readonly target: vscode.Uri;
	readonly prompts: readonly BatchPrompt[];
	readonly before: ReadonlyMap<number, BatchRow>;
	/** Who wrote the file of results that is there. */
	readonly from: 'nobody' | 'us' | 'others';
	readonly results: ResultFormat;
}

export interface JobTools {
	readonly assistant: Pick<Assistant, 'files' | 'heldKeys'>;
	readonly ownResults: Pick<OwnResults, 'wrote'>;
}

/** UTF-16 units of a field's name that a message shows. */
const maxField = 60;

/** Bytes of a file of results: beyond it no program reads it as one text. */
const maxResultBytes = 256 * 1024 * 1024;

/**
 * Reads the prompts and what an earlier run answered; undefined where that cannot be used, which was told then.
 * @param agreed the digest of a text of the file that the person has let go before
 * @throws FileRefused where a link leads out of the workspace, or the results cannot be written
 */
export async function prepare(
	source: vscode.Uri,
	{ assistant: { files, heldKeys }, ownResults }: JobTools,
	agreed?: string,
): Promise<Job | undefined> {
	const format = formatOf(source.path);
	if (!format) {
		tell(vscode.l10n.t('A batch file ends in .txt (one prompt a line), .jsonl or .csv.'));
		return undefined;
	}
	const target = source.with({ path: resultPathFor(source.path, format) });
	// Before anything is saved through a link, or asked without a place for the answers.
	const place = await files.locate(source);
	if (place.state === 'outside') throw new FileRefused('link', nameOf(source));
	await files.checkReplaceable(target);
	// What the person sees is what is asked.
	const open = openOf(source);
	if (open?.isDirty === true && !(await open.save())) return undefined;
	const found = await promptsIn(source, files);
	if (found === undefined) return undefined;
	const { text } = found;
	const lines: { readonly line: number; readonly texts: readonly string[] }[] = [];
	const parsed = parseBatch(text, format, readPlainTable, ({ prompt, system = '', options }, line) =>
		lines.push({ line, texts: [prompt, system, JSON.stringify(options ?? {})] }),
	);
	if (parsed.state !== 'prompts') {
		tell(problemInWords(parsed, nameOf(source)));
		return undefined;
	}
	const digest = await digestOf(text);
	const isAgreed = digest === agreed;
	const sign = isAgreed ? undefined : secretSign(source.path, text, place);
	if (sign !== undefined && !(await maySendSecrets(nameOf(source), sign))) return undefined;
	if (!isAgreed && !(await heldKeys.mayLinesBeSent(nameOf(source), lines))) return undefined;
	const results = format === 'csv' ? tableResults({ readTable, writeTable }, separatorOf(text)) : jsonlResults;
	const { prompts } = parsed;
	const mark = format === 'csv' && found.isMarked ? byteOrderMark : '';
	const job = { source, digest, mark, target, prompts, results } as const;
	const there = await files.read(target, maxResultBytes);
	if (!there) return { ...job, from: 'nobody', before: new Map() };
	const earlier = new TextDecoder().decode(there);
	const from = (await ownResults.wrote(target.toString(), earlier)) ? 'us' : 'others';
	return { ...job, from, before: answeredBefore(results.read(earlier), prompts) };
}

/** Whether the file holds what its person has let go, and nobody is writing it. Throws where it cannot be read. */
export async function isUnchanged(source: vscode.Uri, agreed: string, files: Assistant['files']): Promise<boolean> {
	if (openOf(source)?.isDirty === true) return false;
	const bytes = await files.read(source, maxFileBytes);
	const text = bytes && strictText(bytes);
	return text !== undefined && (await digestOf(text)) === agreed;
}

function openOf(source: vscode.Uri): vscode.TextDocument | undefined {
	return vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === source.toString());
}

/** Says what is asked of whom, and what is there already; undefined when the person does not want it. */
export async function agree(job: Job, usual: UsualChoices, words: Assistant['words']): Promise<Job | undefined> {
	const { prompts, before, from, source, target } = job;
	const count = words.describeCount;
	const left = prompts.length - before.size;
	const isOurs = from !== 'others';
	const go = isOurs ? vscode.l10n.t('Ask {0}', count(left)) : vscode.l10n.t('Keep Its Answers, Ask {0}', count(left));
	const anew = vscode.l10n.t('Start Over');
	const where = placeInWords(vscode.workspace.asRelativePath(target, true));
	const plan = planInWords({ prompts, answered: before.size, usual, target: where }, words);
	const others = vscode.l10n.t(
		'{0} was not written by Keypool on this computer, or has changed since. Do not trust that its answers come from a model unless you know where the file comes from.',
		where,
	);
	const chosen = await askInformation(
		prompts.length === 1
			? vscode.l10n.t('{0} contains 1 prompt.', nameOf(source))
			: vscode.l10n.t('{0} contains {1} prompts.', nameOf(source), count(prompts.length)),
		isOurs ? plan : `${others}\n\n${plan}`,
		...(isOurs ? [] : [anew]),
		...(left > 0 && (isOurs || before.size > 0) ? [go] : []),
		...(isOurs && before.size > 0 ? [anew] : []),
	);
	if (chosen === anew) return { ...job, before: new Map() };
	return chosen === go ? job : undefined;
}

/** Undefined where there is nothing to read, which was told then. */
async function promptsIn(
	source: vscode.Uri,
	files: Assistant['files'],
): Promise<{ readonly text: string; readonly isMarked: boolean } | undefined> {
	try {
		const bytes = await files.read(source, maxFileBytes);
		if (!bytes) {
			tell(vscode.l10n.t('{0} is no longer there.', nameOf(source)));
			return undefined;
		}
		const text = strictText(bytes);
		if (text === undefined) {
			tell(
				vscode.l10n.t(
					'{0} is not text in UTF-8. Use “Reopen with Encoding” in its editor, then “Save with Encoding”. Nothing was sent.',
					nameOf(source),
				),
			);
		}
		return text === undefined ? undefined : { text, isMarked: hasByteOrderMark(bytes) };
	} catch (error) {
		if (!(error instanceof FileRefused) || error.reason !== 'tooLarge') throw error;
		tell(vscode.l10n.t('{0} is larger than {1} MB. Split it.', nameOf(source), maxFileBytes / 1024 / 1024));
	}
	return undefined;
}

function problemInWords(problem: Exclude<ParsedBatch, { state: 'prompts' }>, name: string): string {
	switch (problem.state) {
		case 'empty':
			return vscode.l10n.t('{0} contains no prompts.', name);
		case 'tooMany':
			return vscode.l10n.t('{0} contains more than {1} prompts. Split it.', name, maxPrompts);
		case 'noPromptColumn':
			return vscode.l10n.t('{0} has no column named “prompt”.', name);
		case 'bad':
			switch (problem.reason) {
				case 'notJson':
					return vscode.l10n.t('{0}, line {1} is not valid JSON. Nothing was sent.', name, problem.line);
				case 'noPrompt':
					return vscode.l10n.t('{0}, line {1} has no prompt. Nothing was sent.', name, problem.line);
				case 'badModel':
					return vscode.l10n.t('{0}, line {1} does not name a valid model. Nothing was sent.', name, problem.line);
				case 'tooLong':
					return vscode.l10n.t(
						'{0}, line {1} is too long: at most {2} KB can be sent. Nothing was sent.',
						name,
						problem.line,
						maxBytes / 1024,
					);
				case 'tooManyCells':
					return vscode.l10n.t(
						'{0}, line {1} has more cells than the header: a text with a separator in it needs quotation marks around it. Nothing was sent.',
						name,
						problem.line,
					);
				case 'badQuotes':
					return vscode.l10n.t(
						'{0}, line {1}: a quotation mark is not closed, or not doubled within a cell. Nothing was sent.',
						name,
						problem.line,
					);
				case 'noSuchField':
					return vscode.l10n.t(
						'{0}, line {1}: there is no field “{2}”. Nothing was sent.',
						name,
						problem.line,
						problem.field.slice(0, maxField),
					);
				case 'badField':
					return vscode.l10n.t(
						'{0}, line {1}: the field “{2}” has an invalid value. Nothing was sent.',
						name,
						problem.line,
						problem.field.slice(0, maxField),
					);
			}
	}
}

function tell(text: string): void {
	void showWarning(text);
}
