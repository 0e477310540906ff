import * as vscode from 'vscode';
import { inOneText } from '../../localization/words';
import { digestOf } from '../../common/digest';
import type { Disposable } from '../../common/dispose';
import type { Clock, Dispose, LeaderElection } from '../../pool/pool';
import { orSaid, showInformation, showWarning } from '../../ui/messages';
import { withProgress } from '../../ui/progress';
import { nameOf } from '../../workspaceFiles/nameOf';
import { FileRefused } from '../../workspaceFiles/workspaceFiles';
import { asRefusal, describeRefusal } from '../../workspaceFiles/words';
import { stepInWords, type Assistant } from '../ask/assistant';
import { ensureKey } from '../ask/ensureKey';
import { answerBatch, type BatchEnd, type BatchProgress } from './answerBatch';
import { formatOf } from './batchFile';
import type { UsualChoices } from './agreement';
import { agree, isUnchanged, prepare, type Job } from './batchJob';
import { LaterBatches, type LaterBatch, type LaterMemory } from './laterBatches';
import { OwnResults, type Records } from './ownResults';
import { sourcePathFor, type BatchRow } from './resultFile';

export interface BatchTools {
	readonly assistant: Assistant;
	readonly width: () => number;
	/** What the settings say of prompts that say nothing else. */
	readonly usual: () => UsualChoices;
	readonly clock: Clock;
	/** One window at a time works on a file. */
	readonly election: Pick<LeaderElection, 'tryAcquire'>;
	readonly ownResults: OwnResults;
	readonly later: LaterBatches;
}

export interface BatchFilesParts extends Omit<BatchTools, 'ownResults' | 'later'> {
	/** Where it is kept which files of results are ours. */
	readonly records: Records;
	/** Where it is kept, with the workspace, which batches go on later. */
	readonly memento: LaterMemory;
}

export function createBatchFiles({ records, memento, ...tools }: BatchFilesParts): BatchFiles {
	return new BatchFiles({ ...tools, ownResults: new OwnResults(records), later: new LaterBatches(memento) });
}

/** ms after a start before what was kept goes on: a window shows what it has first, and the one before it ends. */
const startMs = 10_000;

/** `Keypool: Run Batch File…`: every prompt of a file is answered into a file beside it. A run that ended early is resumed. */
export class BatchFiles implements Disposable {
	/** Stops what is under way: a run is let go with its prompts once it has ended. */
	private readonly running = new Set<AbortController>();
	/** Batches that go on later, by the address of their file. */
	private readonly waiting = new Map<string, Dispose>();
	private isOver = false;

	constructor(private readonly tools: BatchTools) {
		for (const batch of tools.later.all) this.goOnAt(batch, startMs);
	}

	/** @param given the file, from a menu of the explorer; absent: the one in the editor, or the one that the person picks */
	async run(given?: unknown): Promise<void> {
		if (!(await ensureKey(this.tools.assistant.keys))) return;
		const chosen = given instanceof vscode.Uri ? given : await chooseFile();
		if (!chosen) return;
		// Called on the results, which a run opens, the command means their prompts.
		const source = chosen.with({ path: sourcePathFor(chosen.path) });
		await this.alone(source, async () => {
			const job = await prepare(source, this.tools);
			const agreed = job && (await agree(job, this.tools.usual(), this.tools.assistant.words));
			if (agreed) await this.answer(agreed);
		});
	}

	dispose(): void {
		this.isOver = true;
		for (const abort of this.running) abort.abort();
		for (const off of this.waiting.values()) off();
	}

	/** Two runs on one file would ask everything twice and overwrite each other's results. */
	private async alone(source: vscode.Uri, work: () => Promise<void>): Promise<void> {
		const release = await this.tools.election.tryAcquire(`batch:${await digestOf(source.toString())}`);
		if (!release) {
			void showInformation(vscode.l10n.t('{0} is running already.', nameOf(source)));
			return;
		}
		try {
			await work();
		} catch (error) {
			if (!(error instanceof FileRefused)) throw error;
			if (error.cause !== undefined) this.tools.assistant.report(error.cause);
			void showWarning(describeRefusal(error));
		} finally {
			release();
		}
	}

	private async answer(job: Job): Promise<void> {
		const { assistant } = this.tools;
		await this.forget(job.source.toString());
		const abort = new AbortController();
		this.running.add(abort);
		if (this.isOver) abort.abort();
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
			const { source, digest, target } = job;
			// Holds no prompts, because the notice may stay as long as the window.
			void this.tellEnd({ source, digest, target }, end);
		} finally {
			this.running.delete(abort);
		}
	}

	private ask(
		{ prompts, before, results, target, mark }: Job,
		tell: (step: BatchProgress) => void,
		signal: AbortSignal,
	): Promise<BatchEnd> {
		const { assistant, width, clock, ownResults } = this.tools;
		type Failed = Parameters<typeof assistant.words.describeError>[0];
		const say = (error: Failed): string => assistant.words.describeError(error).text;
		const explain = (error: Failed): string => inOneText(assistant.words.describeError(error));
		let isNoted = true;
		const save = async (rows: readonly BatchRow[]): Promise<void> => {
			const text = results.write(rows, prompts);
			// Without the note the next run asks whose results they are: no reason to lose answers.
			await ownResults.remember(target.toString(), text).catch((error: unknown) => {
				if (isNoted) assistant.report(error);
				isNoted = false;
			});
			try {
				await assistant.files.replace(target, mark + text);
			} catch (error) {
				throw asRefusal(error, nameOf(target));
			}
		};
		return answerBatch(prompts, before, { ...assistant, say, explain, width, save, tell, clock }, signal);
	}

	private tellEnd(job: Pick<Job, 'source' | 'digest' | 'target'>, end: BatchEnd): Promise<void> {
		return orSaid(() => this.offerNext(job, end), this.tools.assistant.report)();
	}

	private async offerNext(job: Pick<Job, 'source' | 'digest' | 'target'>, end: BatchEnd): Promise<void> {
		const { now, words } = this.tools.assistant;
		const count = words.describeCount;
		const open = vscode.l10n.t('Open Results');
		const resume = vscode.l10n.t('Resume');
		const later = vscode.l10n.t('Resume Then');
		const failed = vscode.l10n.t('Ask the Failed Again');
		const back = end.retryAt !== undefined && end.retryAt > now() ? end.retryAt : undefined;
		const { cutOff = 0 } = end;
		const text = [
			vscode.l10n.t('{0}: {1} answered, {2} failed.', nameOf(job.source), count(end.answered), count(end.failed)),
			cutOff === 0
				? ''
				: cutOff === 1
					? vscode.l10n.t('1 answer ended early: “endedBy” in the results says why.')
					: vscode.l10n.t('{0} answers ended early: “endedBy” in the results says why.', count(cutOff)),
			end.kept === 0
				? ''
				: end.kept === 1
					? vscode.l10n.t('1 is kept for later.')
					: vscode.l10n.t('{0} are kept for later.', count(end.kept)),
			end.stoppedBy ?? '',
		];
		const goOn = end.kept > 0 ? [back === undefined ? resume : later] : end.failed > 0 ? [failed] : [];
		// Without an answer or a failure there is no file.
		const buttons = [...goOn, ...(end.answered + end.failed > 0 ? [open] : [])];
		const chosen = await showInformation(text.filter((part) => part !== '').join(' '), ...buttons);
		// VS Code gives extensions no document of more than 50 MB.
		if (chosen === open) await vscode.commands.executeCommand('vscode.open', job.target);
		if (chosen === resume || chosen === failed) await this.orOffered(job.source, () => this.resume(job));
		if (chosen === later && back !== undefined) await this.resumeAt(back, job);
	}

	/**
	 * Asks once more where what the person agreed to is no longer what is there.
	 * @param mayAsk false: then nothing goes on
	 * @returns whether it has changed
	 */
	private async resume({ source, digest }: Pick<Job, 'source' | 'digest'>, mayAsk = true): Promise<boolean> {
		let hasChanged = false;
		await this.alone(source, async () => {
			const found = await prepare(source, this.tools, digest);
			hasChanged = found !== undefined && (found.digest !== digest || found.from === 'others');
			const job =
				found && hasChanged ? mayAsk && (await agree(found, this.tools.usual(), this.tools.assistant.words)) : found;
			if (job) await this.answer(job);
		});
		return hasChanged;
	}

	/** For work that a timer or a notice began: nothing else would report its failure. */
	private async orOffered(source: vscode.Uri, act: () => Promise<unknown>): Promise<void> {
		try {
			await act();
		} catch (error) {
			this.tools.assistant.report(error);
			await this.offer(
				source,
				vscode.l10n.t('{0} could not be resumed. See Keypool’s log for the reason.', nameOf(source)),
			);
		}
	}

	/** Also after a reload. */
	private async resumeAt(at: number, { source, digest }: Pick<Job, 'source' | 'digest'>): Promise<void> {
		const batch: LaterBatch = { source: source.toString(), digest, at };
		this.goOnAt(batch);
		await this.tools.later.add(batch);
	}

	/**
	 * What a person agreed to goes on. Where no window was open when it was time, or the file has changed, they are asked first.
	 * @param leastMs of a window that has just been opened
	 */
	private goOnAt({ source: address, digest, at }: LaterBatch, leastMs = 0): void {
		const { clock, assistant } = this.tools;
		const source = vscode.Uri.parse(address);
		const inMs = at - assistant.now();
		const isMissed = leastMs > 0 && inMs <= 0;
		const { t } = vscode.l10n;
		const goOn = async (): Promise<void> => {
			// Everything may have been erased since.
			if (!this.tools.later.all.some((one) => one.source === address)) return;
			await this.forget(address);
			if (isMissed)
				return this.offer(source, t('{0} should have resumed while this window was closed.', nameOf(source)));
			await this.orOffered(source, async () => {
				const isFileAsIs = await isUnchanged(source, digest, assistant.files);
				if (isFileAsIs && !(await this.resume({ source, digest }, false))) return;
				await this.offer(source, t('{0} should have resumed now, but has changed since then.', nameOf(source)));
			});
		};
		this.waiting.get(address)?.();
		const off = clock.after(Math.max(leastMs, inMs), () => void goOn().catch(assistant.report));
		if (this.isOver) off();
		this.waiting.set(address, off);
	}

	/** In a notice: a dialog would come over what the person types, and their Enter would answer it. */
	private async offer(source: vscode.Uri, text: string): Promise<void> {
		const resume = vscode.l10n.t('Resume');
		if ((await showInformation(text, resume)) === resume) await this.orOffered(source, () => this.run(source));
	}

	/** It goes on now, or has. */
	private async forget(address: string): Promise<void> {
		this.waiting.get(address)?.();
		if (!this.waiting.delete(address)) return;
		await this.tools.later.remove(address).catch(this.tools.assistant.report);
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

function progressInWords({ over, all, wait }: BatchProgress, assistant: Assistant): string {
	const { describeCount } = assistant.words;
	const counted = vscode.l10n.t('{0} of {1}', describeCount(over), describeCount(all));
	return wait ? `${counted}, ${stepInWords(wait, assistant)}` : counted;
}
