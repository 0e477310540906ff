import * as vscode from 'vscode';
import type { Ask } from '../ask';
import { fastDigest } from '../common/fastDigest';
import { onceEach } from '../common/lazily';
import { textsOf } from '../gemini/request/requestSize';
import type { Prompt } from '../gemini/gemini';
import type { JsonObject } from '../generation/options';
import { pause, untilAborted, type Dispose, type RequestSize } from '../pool/pool';
import { labelText, promptText } from '../ui/safeText';
import { handOver, type Waits } from './answering';
import { signalOf } from './cancellation';
import type { Consent } from './consent/consent';
import { abilitiesOf } from './conversation/abilities';
import { AnswerParts, type AnswerPart } from './conversation/answerParts';
import { CallMemory } from './conversation/callMemory';
import { HeldKeyCheck } from './conversation/heldKeyCheck';
import { readMessages, type PartClasses } from './conversation/hostParts';
import { convertRequest } from './conversation/request';
import { weigh } from './conversation/weigh';
import { failureOf, Unanswered } from './failures';
import { hostError } from './hostErrors';
import type { ModelEntry } from './models/modelEntries';
import type { ModelList } from './models/modelList';
import { readTools } from './toolSchema/tools';

export interface ProviderParts {
	readonly ask: Ask;
	readonly list: ModelList;
	readonly consent: Pick<Consent, 'allows' | 'refusal'>;
	readonly waits: Waits;
	/** Models that may answer instead; none where a request waits for its own. */
	readonly fallbackModels: () => readonly string[];
	/** What the person says of summaries of thoughts; absent: nothing. */
	readonly includeThoughts: () => boolean | undefined;
	/** False where a text holds one of the person's keys, and they do not want it to be sent. */
	readonly mayBeSent: (texts: readonly string[], initiator: string | undefined) => Promise<boolean>;
	/** Input tokens, by the ratio that was learnt for the model. */
	readonly tokensOf: (model: string, size: RequestSize) => number;
	readonly newId: () => string;
	/** The pool holds a client whose model calls the same tool again and again. */
	readonly noteToolCall: (client: string, name: string, input: JsonObject) => void;
	/** Runs once after some ms. */
	readonly after: (ms: number, run: () => void) => Dispose;
	readonly report: (error: unknown) => void;
}

/** What the editor honours beside its stable types. */
interface ShownModel extends vscode.LanguageModelChatInformation {
	readonly isUserSelectable: true;
	readonly isBYOK: true;
	/** By any name: VS Code 1.139 shows each text of it. */
	readonly warningText?: Readonly<Record<string, string>>;
	readonly statusIcon?: vscode.ThemeIcon;
}

/**
 * ms. An error overtakes the parts before it in the editor, which hands them on 30 ms late and one after the other: it would
 * lose them (measured in 1.139).
 */
const errorAfterMs = 500;

/** Classes that the stable types of our oldest editor do not have: they are looked for. */
const maybeClass = (name: string): PartClasses['data'] => {
	const found: unknown = Reflect.get(vscode, name);
	return typeof found === 'function' ? (found as PartClasses['data']) : undefined;
};

/** The pool as a provider of language models: for the editor's own chat, and for other extensions. */
export class Provider {
	private readonly memory = new CallMemory();
	private readonly classes: PartClasses = {
		text: vscode.LanguageModelTextPart,
		call: vscode.LanguageModelToolCallPart,
		result: vscode.LanguageModelToolResultPart,
		tsx: vscode.LanguageModelPromptTsxPart,
		data: maybeClass('LanguageModelDataPart'),
		thinking: maybeClass('LanguageModelThinkingPart'),
	};

	private readonly heldKeys: HeldKeyCheck;

	constructor(private readonly parts: ProviderParts) {
		this.heldKeys = new HeldKeyCheck(parts.mayBeSent);
	}

	/** See `LanguageModelChatProvider`. */
	async list({ silent }: { readonly silent: boolean }, token: vscode.CancellationToken): Promise<ShownModel[]> {
		const { list } = this.parts;
		const cancelling = signalOf(token);
		try {
			const entries = await list.read(cancelling.signal);
			if (entries.length > 0 || silent || list.hasKeys) return entries.map(shown);
			await vscode.commands.executeCommand('keypool.addKey', 'stay');
			return (await list.read(cancelling.signal)).map(shown);
		} finally {
			cancelling.dispose();
		}
	}

	async respond(
		{ id }: vscode.LanguageModelChatInformation,
		messages: readonly vscode.LanguageModelChatRequestMessage[],
		options: vscode.ProvideLanguageModelChatResponseOptions,
		progress: vscode.Progress<vscode.LanguageModelResponsePart>,
		token: vscode.CancellationToken,
	): Promise<void> {
		const cancelling = signalOf(token);
		let reported = 0;
		const report = (part: AnswerPart): void => {
			reported += 1;
			this.report(progress, part);
		};
		const initiator = initiatorIn(options);
		try {
			await this.mustBeAllowed(initiator, cancelling.signal);
			const refusal = this.parts.consent.refusal(initiator);
			const either = AbortSignal.any([cancelling.signal, refusal]);
			await this.answer(id, messages, options, initiator, report, either).catch((error: unknown) => {
				throw refusal.aborted ? this.notAllowed() : error;
			});
		} catch (error) {
			if (reported > 0) await this.pause(cancelling.signal);
			if (cancelling.signal.aborted) throw new vscode.CancellationError();
			const failure = failureOf(error, this.parts.waits.words);
			if (failure.reason === 'unexpected') this.parts.report(error);
			throw hostError(failure);
		} finally {
			cancelling.dispose();
		}
	}

	/** By the ratio that was learnt, without a call. */
	count(
		{ id }: vscode.LanguageModelChatInformation,
		text: string | vscode.LanguageModelChatRequestMessage,
	): Promise<number> {
		const { list, tokensOf } = this.parts;
		return Promise.resolve(tokensOf(list.modelOf(id), weigh(text)));
	}

	private async answer(
		entry: string,
		messages: readonly vscode.LanguageModelChatRequestMessage[],
		options: vscode.ProvideLanguageModelChatResponseOptions,
		initiator: string | undefined,
		report: (part: AnswerPart) => void,
		signal: AbortSignal,
	): Promise<void> {
		const { ask, list, waits, fallbackModels, newId } = this.parts;
		const { toolMode, modelOptions } = options;
		// The editor hands on whatever an extension in JavaScript has there, as null.
		const tools = readTools(options.tools);
		const asGiven = {
			messages: readMessages(messages, this.classes),
			tools,
			isToolRequired: toolMode === vscode.LanguageModelChatToolMode.Required,
			modelOptions,
		};
		// A model that answers instead takes other files, and thinks or not.
		const requestFor = onceEach((on) =>
			convertRequest({ ...asGiven, model: on }, this.memory, (name) => this.wantsThoughts(name)),
		);
		const wanted = list.modelOf(entry);
		const { prompt, model, isInTurn, names } = requestFor(wanted);
		this.mustAskSomething(prompt);
		await this.mustHoldNoKey(prompt, initiator, signal);
		const takesTools = (other: string): boolean => tools.length === 0 || abilitiesOf(other).callsFunctions;
		const fallbacks = isInTurn ? [] : fallbackModels().filter(takesTools);
		const origin = originOf(initiator);
		// Conversations have no name here: the texts of their beginning are one.
		const session = `${origin} ${fastDigest(textsOf({ turns: prompt.turns.slice(0, 1) }).join('\n'))}`;
		const asked = { origin, model, fallbackModels: fallbacks, session, isInTurn, recovery: 'fail' } as const;
		const stream = ask((on) => requestFor(on).prompt, asked, signal);
		const told = (part: AnswerPart): void => {
			report(part);
			if (part.type === 'call') this.parts.noteToolCall(origin, part.name, part.input);
		};
		const failure = await handOver(stream, model, new AnswerParts(this.memory, names, newId, wanted), told, waits);
		if (failure) throw new Unanswered(failure);
	}

	/** Until what was reported has reached the caller, or the caller has left. */
	private pause(signal: AbortSignal): Promise<void> {
		return pause(this.parts, errorAfterMs, signal);
	}

	private async mustBeAllowed(initiator: string | undefined, signal: AbortSignal): Promise<void> {
		if (!(await untilAborted(signal, this.parts.consent.allows(initiator)))) throw this.notAllowed();
	}

	private notAllowed(): Unanswered {
		const text = this.parts.waits.words.t(
			'You have not allowed this extension to ask Gemini through Keypool. To allow it, run Keypool: Manage Access of Extensions.',
		);
		return new Unanswered({ code: 'NoPermissions', reason: 'notAllowed', text });
	}

	private mustAskSomething({ turns }: Prompt): void {
		if (turns.length > 0) return;
		const text = this.parts.waits.words.t('The request contains no message.');
		throw new Unanswered({ code: 'Other', reason: 'badRequest', text });
	}

	private async mustHoldNoKey(prompt: Prompt, initiator: string | undefined, signal: AbortSignal): Promise<void> {
		if (await untilAborted(signal, this.heldKeys.allows(textsOf(prompt), initiator))) return;
		const text = this.parts.waits.words.t('The request contains one of your own keys and was not sent.');
		throw new Unanswered({ code: 'NoPermissions', reason: 'heldKey', text });
	}

	/** Where the person says nothing of them, the model has some, and the editor a place for them. */
	private wantsThoughts(model: string): boolean {
		const { includeThoughts, list } = this.parts;
		return (
			this.classes.thinking !== undefined && includeThoughts() === undefined && list.infoOf(model)?.thinks === true
		);
	}

	private report(progress: vscode.Progress<vscode.LanguageModelResponsePart>, part: AnswerPart): void {
		switch (part.type) {
			case 'text':
				return progress.report(new vscode.LanguageModelTextPart(part.text));
			case 'call':
				return progress.report(new vscode.LanguageModelToolCallPart(part.callId, part.name, { ...part.input }));
			case 'thinking': {
				const { thinking: Thinking } = this.classes;
				// The stable types do not know it; the editor does.
				if (Thinking) progress.report(Reflect.construct(Thinking, [part.text, undefined, part.metadata]) as never);
			}
		}
	}
}

function shown({ name, detail, tooltip, warning, ...entry }: ModelEntry): ShownModel {
	return {
		...entry,
		name: labelText(name),
		...(detail !== undefined && { detail: labelText(detail) }),
		...(tooltip !== undefined && { tooltip: promptText(warning ?? tooltip) }),
		isUserSelectable: true,
		isBYOK: true,
		...(warning !== undefined && {
			warningText: { keypool: promptText(warning) },
			statusIcon: new vscode.ThemeIcon('warning'),
		}),
	};
}

/** The extension that asks: the editor tells, though its types do not. */
function initiatorIn(options: vscode.ProvideLanguageModelChatResponseOptions): string | undefined {
	const initiator: unknown = Reflect.get(options, 'requestInitiator');
	return typeof initiator === 'string' && initiator !== '' ? initiator : undefined;
}

/** As it is counted and shown. */
function originOf(initiator: string | undefined): string {
	return `lm:${(initiator ?? '').slice(0, 120)}`;
}
