import * as vscode from 'vscode';
import type { Ask } from '../../ask';
import { fastDigest } from '../../common/fastDigest';
import type { FilePiece } from '../../common/fenced';
import { openFenceIn } from '../../common/openFence';
import { markdownOf } from '../../gemini/answer/pieceMarkdown';
import { textsOf } from '../../gemini/request/requestSize';
import { withMore } from '../../gemini/answer/metadata';
import type { Grounding, Prompt, Turn } from '../../gemini/gemini';
import { PoolError, untilAborted, type KeyId, type Snapshot } from '../../pool/pool';
import { plain, type Markdown } from '../../ui/markdown';
import { promptText } from '../../ui/safeText';
import type { Waits } from '../answering';
import { signalOf } from '../cancellation';
import { failureOf, failureOfFinish } from '../failures';
import type { ModelList } from '../models/modelList';
import { participantId, vendor } from '../names';
import { statusMarkdown } from '../status/statusMarkdown';
import { footer, sourcesOf } from './footer';
import { askedIn, commandNames, omittedOf, participantPrompt, type Exchange } from './participantPrompt';
import { loadOf, type ReadFile } from './references';
import { SentQuestions } from './sentQuestions';

export interface ParticipantParts {
	readonly ask: Ask;
	readonly list: Pick<ModelList, 'modelOf'>;
	readonly waits: Waits;
	readonly labelOf: (key: KeyId) => string;
	readonly snapshot: () => Snapshot;
	/** How a team's gateway stands, where that answers in place of keys. */
	readonly gateway: () => Markdown | undefined;
	/** Resolves to whether the keys could be read. */
	readonly readKeys: () => Promise<boolean>;
	readonly mayBeSent: (texts: readonly string[]) => Promise<boolean>;
	readonly readFile: ReadFile;
	/** The code that a command is about where nothing was added to it; undefined where there is none, which was told. */
	readonly selection: () => Promise<FilePiece | undefined>;
	readonly newId: () => string;
	readonly report: (error: unknown) => void;
}

/** What the editor keeps with an answer. */
interface Metadata {
	/** Our own line, to leave it out of the history. */
	readonly footer?: string;
	/** Names the question as it was sent. */
	readonly sent?: string;
	readonly command?: string;
	readonly failed?: string;
}

/** `@keypool` in the editor's chat: asks through the pool, without the editor's own models. */
export class Participant {
	private readonly sent = new SentQuestions();

	constructor(private readonly parts: ParticipantParts) {}

	async handle(
		request: vscode.ChatRequest,
		context: vscode.ChatContext,
		response: vscode.ChatResponseStream,
		token: vscode.CancellationToken,
	): Promise<vscode.ChatResult> {
		const { readKeys, snapshot, waits, newId, report } = this.parts;
		const cancelling = signalOf(token);
		const sent = newId();
		try {
			const canReadKeys = await untilAborted(cancelling.signal, readKeys());
			const hasKeys = snapshot().keys.length > 0;
			if (!canReadKeys && !hasKeys) throw new PoolError('keysLocked', []);
			if (request.command === 'status' || !hasKeys) return this.tellStatus(response);
			return await this.answer(request, context, response, sent, cancelling.signal);
		} catch (error) {
			// The history has what came of the answer: its question goes along with what is asked next.
			if (cancelling.signal.aborted) return { metadata: { sent } satisfies Metadata };
			const failure = failureOf(error, waits.words);
			if (failure.reason === 'unexpected') report(error);
			return {
				errorDetails: { message: promptText(failure.text) },
				metadata: { sent, failed: failure.reason } satisfies Metadata,
			};
		} finally {
			cancelling.dispose();
		}
	}

	/** What a person may want next. */
	followups({ metadata }: vscode.ChatResult): vscode.ChatFollowup[] {
		const { t } = this.parts.waits.words;
		const { command, failed } = metadataIn(metadata);
		if (failed !== undefined) return [{ prompt: '', command: 'status', label: t('Which keys can answer?') }];
		switch (command) {
			case 'explain':
				return [{ prompt: '', command: 'tests', label: t('Write tests for this code') }];
			case 'fix':
				return [{ prompt: t('Explain what was wrong.'), label: t('Explain what was wrong') }];
			case 'tests':
				return [{ prompt: t('Which cases do these tests leave out?'), label: t('Which cases are left out?') }];
			default:
				return [];
		}
	}

	private tellStatus(response: vscode.ChatResponseStream): vscode.ChatResult {
		const { snapshot, gateway, waits } = this.parts;
		const { t } = waits.words;
		const pool = snapshot();
		const told = gateway();
		response.markdown(told ?? statusMarkdown(pool, waits.words, waits.now()));
		if (pool.keys.length === 0) {
			response.button({ command: 'keypool.addKey', title: t('Add Key') });
			response.button({ command: 'keypool.trySimulator', title: t('Try the Simulator') });
		} else {
			response.button({ command: 'keypool.keys.focus', title: told ? t('Show the Gateway') : t('Show Keys') });
		}
		return { metadata: { command: 'status' } satisfies Metadata };
	}

	private async answer(
		{ command, prompt: text, references, toolReferences, model }: vscode.ChatRequest,
		{ history }: vscode.ChatContext,
		response: vscode.ChatResponseStream,
		sent: string,
		signal: AbortSignal,
	): Promise<vscode.ChatResult> {
		const { ask, list, waits, labelOf, mayBeSent, readFile, selection } = this.parts;
		const { words, now } = waits;
		const load = await untilAborted(signal, loadOf({ references, toolReferences }, readFile));
		const known = commandNames.find((name) => name === command);
		const isBare = load.pieces.length + load.texts.length + load.images.length === 0;
		// In place of what was added and may not go nothing else goes.
		const isAboutCode = known !== undefined && isBare && references.length === 0;
		const own = isAboutCode ? await untilAborted(signal, selection()) : undefined;
		const exchanges = exchangesIn(history, this.sent, words.t);
		const isBegun = exchanges.some(({ answer }) => answer !== '');
		if (known !== undefined && isBare && !own && text.trim() === '' && !isBegun) {
			const message = words.t('Nothing was sent: there is nothing for /{0} to work on.', known);
			return { errorDetails: { message: promptText(message) } };
		}
		const pieces = own ? [...load.pieces, own] : load.pieces;
		const prompt: Prompt = participantPrompt(exchanges, { ...load, pieces, command: known, text }, words.t);
		const newest = prompt.turns.slice(-1);
		if (!(await untilAborted(signal, mayBeSent(textsOf({ turns: newest }))))) {
			const message = words.t('Nothing was sent: the text contains one of your keys.');
			return { errorDetails: { message: promptText(message) } };
		}
		this.sent.keep(sent, textIn(newest));
		const began = now();
		const chosen = model.vendor === vendor ? { model: list.modelOf(model.id) } : {};
		// Its texts alone: the history has no pictures.
		const session = `participant ${fastDigest(textIn(prompt.turns.slice(0, 1)))}`;
		const metadata: Metadata = { sent, ...(known && { command: known }) };
		let answer = '';
		let grounding: Grounding | undefined;
		for await (const part of ask(prompt, { origin: 'participant', session, ...chosen, recovery: 'continue' }, signal)) {
			switch (part.type) {
				case 'output':
					answer += markdownOf(part.value);
					response.markdown(markdownOf(part.value));
					if (part.value.type === 'grounding') grounding = withMore(grounding, part.value);
					break;
				case 'waiting': {
					const { key, model: other } = part.on;
					response.progress(plain(words.describeWait(key === undefined ? other : labelOf(key), part, now())));
					break;
				}
				case 'switched':
				case 'retract':
					break;
				case 'done': {
					const fence = openFenceIn(answer);
					const told = footer(part, now() - began, words, labelOf, omittedOf(exchanges));
					const line = `${fence === '' ? '' : `\n${fence}`}${sourcesOf(grounding, words.t)}${told}`;
					response.markdown(line);
					for (const { uri } of grounding?.sources ?? []) {
						if (/^https?:\/\/[^/?#]/i.test(uri)) response.reference(vscode.Uri.parse(uri));
					}
					const failure = failureOfFinish(part.finishReason, words);
					return {
						metadata: { ...metadata, footer: line } satisfies Metadata,
						...(failure && { errorDetails: { message: promptText(failure.text) } }),
					};
				}
			}
		}
		return { metadata };
	}
}

function textIn(turns: readonly Turn[]): string {
	return textsOf({ turns }).filter(Boolean).join('\n\n');
}

/** What was asked here before, and answered. */
function exchangesIn(
	history: vscode.ChatContext['history'],
	sentQuestions: Pick<SentQuestions, 'text'>,
	t: Parameters<typeof askedIn>[2],
): readonly Exchange[] {
	const exchanges: Exchange[] = [];
	let question = '';
	for (const turn of history) {
		if (turn.participant !== participantId) continue;
		if (turn instanceof vscode.ChatRequestTurn) {
			question = askedIn(turn.command, turn.prompt, t);
		} else {
			const { footer: line = '', command, sent = '' } = metadataIn(turn.result.metadata);
			question = sentQuestions.text(sent) ?? question;
			const answer = turn.response
				.map((part) => (part instanceof vscode.ChatResponseMarkdownPart ? part.value.value : ''))
				.join('');
			if (command !== 'status') exchanges.push({ question, answer: line === '' ? answer : answer.replace(line, '') });
			question = '';
		}
	}
	return exchanges;
}

/** It was stored by the editor: what is not as we wrote it is left out. */
function metadataIn(metadata: vscode.ChatResult['metadata']): Metadata {
	const text = (name: keyof Metadata): Metadata => {
		const value: unknown = metadata?.[name];
		return typeof value === 'string' ? { [name]: value } : {};
	};
	return { ...text('footer'), ...text('sent'), ...text('command'), ...text('failed') };
}
