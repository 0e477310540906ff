import * as vscode from 'vscode';
import { digestOf } from '../../digest';
import { DisposableStore, type Disposable } from '../../dispose';
import type { HeldKeys } from '../../keys/heldKeys';
import type { Clock } from '../../pool/pool';
import type { Ownership } from '../../pool/upkeep';
import { askInformation, showInformation, showWarning } from '../../ui/messages';
import { withProgress } from '../../ui/progress';
import { stepInWords, type Assistant } from '../assistant';
import { ensureKey } from '../ensureKey';
import { secretSign } from '../secretFile';
import { maySendSecrets } from '../snippet';
import { answerBatch, type BatchEnd, type BatchProgress } from './answerBatch';
import { formatOf, maxFileBytes, maxPrompts, parseBatch, type BatchPrompt, type ParsedBatch } from './batchFile';
import {
	answeredBefore,
	jsonlResults,
	resultPathFor,
	tableResults,
	type BatchRow,
	type ResultFormat,
} from './resultFile';
import { readTable, writeTable } from '../../table';

export interface BatchTools {
	readonly assistant: Assistant;
	readonly width: () => number;
	readonly clock: Clock;
	/** One window at a time works on a file. */
	readonly ownership: Pick<Ownership, 'take'>;
}

/** UTF-16 units of a field's name that a message shows. */
const maxField = 60;

interface Job {
	readonly source: vscode.Uri;
	readonly target: vscode.Uri;
	readonly prompts: readonly BatchPrompt[];
	readonly before: ReadonlyMap<number, BatchRow>;
	readonly results: ResultFormat;
}

/** `Keypool: Run Batch File…`: every prompt of a file is answered into a file beside it. A run that ended early is resumed. */
export class BatchFiles implements Disposable {
	private readonly owned = new DisposableStore();

	constructor(private readonly tools: BatchTools) {}

	/** @param given the file, from a menu of the explorer; absent: the one in the editor, or the one that the person picks */
	async run(given?: unknown): Promise<void> {
		if (!(await ensureKey(this.tools.assistant.keys))) return;
		const source = given instanceof vscode.Uri ? given : await chooseFile();
		if (!source) return;
		await this.alone(source, async () => {
			const job = await prepare(source, this.tools.assistant.heldKeys);
			const agreed = job && (await agree(job));
			if (agreed) await this.answer(agreed);
		});
	}

	dispose(): void {
		this.owned.dispose();
	}

	/** Two runs on one file would ask everything twice, and write over each other's results. */
	private async alone(source: vscode.Uri, work: () => Promise<void>): Promise<void> {
		const release = await this.tools.ownership.take(`batch:${await digestOf(source.toString())}`);
		if (!release) {
			void showInformation(vscode.l10n.t('{0} is running already.', nameOf(source)));
			return;
		}
		try {
			await work();
		} finally {
			release();
		}
	}

	private async answer(job: Job): Promise<void> {
		const { assistant } = this.tools;
		const abort = new AbortController();
		const stop = this.owned.add({ dispose: () => abort.abort() });
		try {
			const end = await withProgress(vscode.l10n.t('Batch {0}', nameOf(job.source)), (tell, signal) => {
				let shown = 0;
				const tellStep = (step: BatchProgress): void => {
					const percent = (100 * step.over) / step.all;
					tell(progressInWords(step, assistant), percent - shown);
					shown = percent;
				};
				return this.ask(job, tellStep, AbortSignal.any([signal, abort.signal]));
			});
			void this.tellEnd(job, end).catch(assistant.report);
		} finally {
			stop.dispose();
		}
	}

	private ask(
		{ prompts, before, results, target }: Job,
		tell: (step: BatchProgress) => void,
		signal: AbortSignal,
	): Promise<BatchEnd> {
		const { assistant, width, clock } = this.tools;
		const say = (error: Parameters<typeof assistant.words.sayError>[0]): string => assistant.words.sayError(error).text;
		const save = (rows: readonly BatchRow[]) => write(target, results.write(rows, prompts));
		return answerBatch(prompts, before, { ...assistant, say, width, save, tell, clock }, signal);
	}

	private async tellEnd(job: Job, end: BatchEnd): Promise<void> {
		const { words, now } = this.tools.assistant;
		const open = vscode.l10n.t('Open Results');
		const resume = vscode.l10n.t('Resume');
		const later = vscode.l10n.t('Resume Then');
		const failed = vscode.l10n.t('Ask the Failed Again');
		const back = end.retryAt !== undefined && end.retryAt > now() ? end.retryAt : undefined;
		const text = [
			vscode.l10n.t('{0}: {1} answered, {2} failed.', nameOf(job.source), end.answered, end.failed),
			end.kept > 0 ? vscode.l10n.t('{0} are kept for later.', end.kept) : '',
			end.kept > 0 && back !== undefined
				? vscode.l10n.t('The first key is back at {0}.', words.sayTime(back, now()))
				: '',
		];
		const goOn = end.kept > 0 ? [back === undefined ? resume : later] : end.failed > 0 ? [failed] : [];
		const buttons = [...goOn, open];
		const chosen = await showInformation(text.filter((part) => part !== '').join(' '), ...buttons);
		if (chosen === open) await vscode.window.showTextDocument(job.target);
		if (chosen === resume || chosen === failed) await this.resume(job.source);
		if (chosen === later && back !== undefined) this.resumeAt(back, job.source);
	}

	private async resume(source: vscode.Uri): Promise<void> {
		await this.alone(source, async () => {
			const job = await prepare(source, this.tools.assistant.heldKeys);
			if (job) await this.answer(job);
		});
	}

	/** As long as this window is open. */
	private resumeAt(at: number, source: vscode.Uri): void {
		const { clock, assistant } = this.tools;
		const off = clock.after(at - assistant.now(), () => void this.resume(source).catch(assistant.report));
		this.owned.add({ dispose: off });
	}
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
	const open = vscode.window.activeTextEditor?.document;
	if (open && !open.isUntitled && formatOf(open.uri.path)) return open.uri;
	const [picked] =
		(await vscode.window.showOpenDialog({
			title: vscode.l10n.t('A file of prompts'),
			openLabel: vscode.l10n.t('Ask'),
			filters: { [vscode.l10n.t('Prompts')]: ['txt', 'jsonl', 'ndjson', 'csv'] },
		})) ?? [];
	return picked;
}

/** Reads the prompts and what an earlier run answered; undefined where that cannot be used, which was told then. */
async function prepare(source: vscode.Uri, heldKeys: HeldKeys): Promise<Job | undefined> {
	const format = formatOf(source.path);
	if (!format) {
		tell(vscode.l10n.t('A batch file ends in .txt (one prompt a line), .jsonl or .csv.'));
		return undefined;
	}
	// What the person sees is what is asked.
	const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === source.toString());
	if (open?.isDirty === true && !(await open.save())) return undefined;
	const { size } = await vscode.workspace.fs.stat(source);
	if (size > maxFileBytes) {
		tell(vscode.l10n.t('{0} is larger than {1} MB. Split it.', nameOf(source), maxFileBytes / 1024 / 1024));
		return undefined;
	}
	const text = await read(source);
	const lines: { readonly line: number; readonly texts: readonly string[] }[] = [];
	const parsed = parseBatch(text, format, readTable, ({ prompt, system = '', options }, line) =>
		lines.push({ line, texts: [prompt, system, JSON.stringify(options ?? {})] }),
	);
	if (parsed.is !== 'prompts') {
		tell(problemInWords(parsed, nameOf(source)));
		return undefined;
	}
	const sign = secretSign(source.path, text);
	if (sign !== undefined && !(await maySendSecrets(nameOf(source), sign))) return undefined;
	if (!(await heldKeys.mayLinesBeSent(nameOf(source), lines))) return undefined;
	const results = format === 'csv' ? tableResults(readTable, writeTable) : jsonlResults;
	const target = source.with({ path: resultPathFor(source.path, format) });
	const { prompts } = parsed;
	return { source, target, prompts, results, before: answeredBefore(results.read(await readIfThere(target)), prompts) };
}

/** Says how many calls it will be, and what is there already; undefined when the person does not want it. */
async function agree(job: Job): Promise<Job | undefined> {
	const { prompts, before, source, target } = job;
	const left = prompts.length - before.size;
	const ask = vscode.l10n.t('Ask {0}', left);
	const anew = vscode.l10n.t('Start Anew');
	const chosen = await askInformation(
		vscode.l10n.t('{0} holds {1} prompts.', nameOf(source), prompts.length),
		before.size === 0
			? vscode.l10n.t('The answers go to {0}, which is replaced if it exists.', nameOf(target))
			: vscode.l10n.t('{0} of them have an answer in {1}.', before.size, nameOf(target)),
		...(left > 0 ? [ask] : []),
		...(before.size > 0 ? [anew] : []),
	);
	if (chosen === anew) return { ...job, before: new Map() };
	return chosen === ask ? job : undefined;
}

function progressInWords({ over, all, wait }: BatchProgress, assistant: Assistant): string {
	const counted = vscode.l10n.t('{0} of {1}', over, all);
	return wait ? `${counted}, ${stepInWords(wait, assistant)}` : counted;
}

function problemInWords(problem: Exclude<ParsedBatch, { is: 'prompts' }>, name: string): string {
	switch (problem.is) {
		case 'empty':
			return vscode.l10n.t('{0} holds no prompts.', name);
		case 'tooMany':
			return vscode.l10n.t('{0} holds more than {1} prompts. Split it.', name, maxPrompts);
		case 'noPromptColumn':
			return vscode.l10n.t('{0} has no column named “prompt”.', name);
		case 'bad':
			switch (problem.why) {
				case 'notJson':
					return vscode.l10n.t('{0}, line {1} is no JSON. Nothing was sent.', name, problem.line);
				case 'noPrompt':
					return vscode.l10n.t('{0}, line {1} has no prompt. Nothing was sent.', name, problem.line);
				case 'tooLong':
					return vscode.l10n.t('{0}, line {1} is too long. Nothing was sent.', name, problem.line);
				case 'noSuchField':
					return vscode.l10n.t(
						'{0}, line {1}: there is no field “{2}”. Nothing was sent.',
						name,
						problem.line,
						problem.field.slice(0, maxField),
					);
				case 'badField':
					return vscode.l10n.t(
						'{0}, line {1}: the field “{2}” does not take what it holds. Nothing was sent.',
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

function nameOf(uri: vscode.Uri): string {
	return uri.path.split('/').at(-1) ?? '';
}

async function read(uri: vscode.Uri): Promise<string> {
	return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

async function readIfThere(uri: vscode.Uri): Promise<string> {
	try {
		return await read(uri);
	} catch (error) {
		if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return '';
		throw error;
	}
}

/** In one step, so that whoever reads meanwhile, or a machine that stops, never finds half a file. */
async function write(uri: vscode.Uri, text: string): Promise<void> {
	const partial = uri.with({ path: `${uri.path}.part` });
	await vscode.workspace.fs.writeFile(partial, new TextEncoder().encode(text));
	await vscode.workspace.fs.rename(partial, uri, { overwrite: true });
}
