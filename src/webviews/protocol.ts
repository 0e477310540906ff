/**
 * What crosses between a host and its webviews: types only, so that browser code can import them. The host owns the
 * conversation. Times cross as durations (ms), never as instants: the clocks of a remote window differ.
 */

import type { GenerationOptions } from '../generation/options';

/** A view's message. Exactly one `Reply` with the same id answers it. */
export interface Request<M> {
	/** Unique in one document, from 1. */
	readonly id: number;
	readonly body: M;
}

export type Reply =
	| { readonly type: 'reply'; readonly id: number; readonly ok: true }
	/** In words for a person. */
	| { readonly type: 'reply'; readonly id: number; readonly ok: false; readonly error: string };

/** What a document receives: events in order, and replies to its own requests. */
export type ToView<E> = { readonly type: 'event'; readonly event: E } | Reply;

/** What the chat's document asks of the host. */
export type ChatRequest =
	/** The document is new, or has missed an update: the whole state follows. */
	| { readonly type: 'ready' }
	| { readonly type: 'send'; readonly text: string }
	| { readonly type: 'stop' }
	| { readonly type: 'retry'; readonly turn: string }
	/** Asks a turn again in other words; what came after it goes. */
	| { readonly type: 'edit'; readonly turn: string; readonly text: string }
	/** The host offers the models; the conversation goes on with the chosen one. */
	| { readonly type: 'pickModel' }
	| { readonly type: 'options'; readonly options: GenerationOptions }
	/** The code in front of a person, or files that the host offers, go along with the next question. */
	| { readonly type: 'attach'; readonly what: 'selection' | 'files' }
	/** `data`: base64 without a prefix. */
	| { readonly type: 'attachPicture'; readonly label: string; readonly mimeType: PictureType; readonly data: string }
	| { readonly type: 'detach'; readonly chip: string }
	| { readonly type: 'newConversation' }
	/** Runs the action that the banner offers. */
	| { readonly type: 'actOnBanner' }
	/** The host offers the models; the running request goes on with the chosen one. */
	| { readonly type: 'anotherModel' }
	/** Runs the action that the turn's error card offers. */
	| { readonly type: 'act'; readonly turn: string }
	| { readonly type: 'addKey' }
	| { readonly type: 'trySimulator' }
	| { readonly type: 'openLink'; readonly href: string }
	| { readonly type: 'copy'; readonly text: string }
	/** Code of an answer goes to the editor; `language` as the answer named it. */
	| { readonly type: 'code'; readonly act: CodeAct; readonly code: string; readonly language: string };

/** Pictures that the service reads (https://ai.google.dev/gemini-api/docs/image-understanding). */
export type PictureType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/heic' | 'image/heif';

/** At the cursor, over the selection as a diff, or into a new file. */
export type CodeAct = 'insert' | 'apply' | 'newFile';

/** What the host tells the chat's document. `rev` grows by one with each event; a gap means that one was lost. */
export type ChatEvent =
	| { readonly type: 'state'; readonly rev: number; readonly state: ChatState }
	| { readonly type: 'update'; readonly rev: number; readonly changes: readonly ChatChange[] };

export type ChatChange =
	/** A new turn at the end, or a known one replaced whole. */
	| { readonly type: 'turn'; readonly turn: TurnView }
	| { readonly type: 'append'; readonly turn: string; readonly text: string }
	| { readonly type: 'appendThoughts'; readonly turn: string; readonly text: string }
	| { readonly type: 'grounding'; readonly turn: string; readonly grounding: GroundingView }
	/** The answer's content so far is void; what is on screen stays until its successor comes. */
	| { readonly type: 'retract'; readonly turn: string }
	| { readonly type: 'answer'; readonly turn: string; readonly state: AnswerView }
	| { readonly type: 'panel'; readonly panel: PanelView };

export interface ChatState {
	/** BCP 47, for numbers. */
	readonly locale: string;
	readonly strings: ChatStrings;
	readonly commands: readonly CommandView[];
	readonly panel: PanelView;
	/** Oldest first. */
	readonly turns: readonly TurnView[];
}

/** What stands around the conversation. */
export interface PanelView {
	readonly hasKeys: boolean;
	/** What people call the conversation; empty where nothing was asked yet. */
	readonly title: string;
	/** The model that is asked next. */
	readonly model: string;
	/** What the conversation says itself. */
	readonly options: GenerationOptions;
	/** What the setting says where it does not. */
	readonly defaults: GenerationOptions;
	/** What goes along with the next question. */
	readonly chips: readonly ChipView[];
	/** Why nothing can be answered at the moment, and what helps. */
	readonly banner?: ErrorView;
	/** UserMessage while the next question makes the oldest ones of the conversation go. */
	readonly full?: string;
}

export interface ChipView {
	readonly id: string;
	readonly type: 'code' | 'file' | 'picture';
	readonly label: string;
	/** UTF-8 bytes. */
	readonly bytes: number;
}

/** What can be written at the beginning of a question, after a slash. */
export interface CommandView {
	readonly name: string;
	readonly description: string;
}

export interface TurnView {
	readonly id: string;
	readonly question: QuestionView;
	/** What of the conversation was not sent along, in words. */
	readonly trimmed?: string;
	/** Markdown as the model wrote it. */
	readonly text: string;
	/** Markdown: what the model thought before it answered. */
	readonly thoughts?: string;
	readonly grounding?: GroundingView;
	readonly answer: AnswerView;
}

/** What an answer rests on: what was searched for, and the pages that were found. */
export interface GroundingView {
	readonly queries: readonly string[];
	/** `uri`: whatever the service gave. */
	readonly sources: readonly { readonly title: string; readonly uri: string }[];
}

export interface QuestionView {
	readonly text: string;
	/** What was sent along, with its size in UTF-8 bytes. */
	readonly attachments: readonly { readonly label: string; readonly bytes: number }[];
}

export type AnswerView =
	| { readonly state: 'waiting'; readonly step: 'sending' | 'thinking' }
	| { readonly state: 'waiting'; readonly step: 'queued'; readonly wait: WaitView }
	/** `wait`: a broken answer waits for its successor. */
	| { readonly state: 'streaming'; readonly wait?: WaitView }
	/** It comes in another window, in words. */
	| { readonly state: 'elsewhere'; readonly note: string }
	/** `note`: why the answer ended early, in words. */
	| { readonly state: 'done'; readonly footer: FooterView; readonly note?: string }
	| { readonly state: 'failed'; readonly footer: FooterView; readonly error: ErrorView }
	/** `note`: by whom. */
	| { readonly state: 'stopped'; readonly footer: FooterView; readonly note: string };

export interface WaitView {
	/** Key label and model. */
	readonly key: string;
	readonly model: string;
	/** In words. */
	readonly reason: string;
	/** ms from the arrival of this message until the pool tries again. */
	readonly inMs: number;
	/** Requests that are served before this one. */
	readonly ahead: number;
}

export interface ErrorView {
	readonly text: string;
	readonly remedy?: string;
	/** The title of the one button that helps. */
	readonly action?: string;
	/** A page that helps. */
	readonly link?: { readonly url: string; readonly title: string };
}

export interface FooterView {
	readonly key?: string;
	readonly model?: string;
	/** Tokens. */
	readonly input?: number;
	/** Tokens, thoughts included. */
	readonly output?: number;
	/** What it cost, in words; absent where it cost nothing. */
	readonly cost?: string;
	/** From question to end. */
	readonly ms: number;
	/** How often another key or model took over. */
	readonly fallbacks: number;
	/** Every attempt, oldest first. */
	readonly attempts: readonly AttemptView[];
}

export interface AttemptView {
	readonly label: string;
	readonly model: string;
	/** `answered` or the reason's code. */
	readonly outcome: string;
	/** The outcome in words. */
	readonly words: string;
	readonly ms: number;
}

/** Localised by the host. `{0}` is filled in by the document. */
export interface ChatStrings {
	readonly addKey: string;
	readonly ahead: string;
	readonly aheadOne: string;
	readonly anotherModel: string;
	readonly answer: string;
	readonly answerForm: string;
	readonly answerSchema: string;
	readonly answered: string;
	readonly applyCode: string;
	readonly attachFiles: string;
	readonly attachSelection: string;
	readonly attached: string;
	readonly badSchema: string;
	readonly blockHigh: string;
	readonly blockLow: string;
	readonly blockMedium: string;
	readonly blockNone: string;
	readonly blockOff: string;
	readonly byService: string;
	readonly bySettings: string;
	readonly cancel: string;
	readonly civicAnswers: string;
	readonly code: string;
	readonly codeExecution: string;
	readonly commands: string;
	readonly conversation: string;
	readonly costNote: string;
	readonly copied: string;
	readonly copyAnswer: string;
	readonly copyCode: string;
	readonly dangerousContent: string;
	readonly detach: string;
	readonly edit: string;
	readonly fallbacks: string;
	readonly fallbacksOne: string;
	readonly formEnum: string;
	readonly frequencyPenalty: string;
	readonly goesAlong: string;
	readonly googleSearch: string;
	readonly harassment: string;
	readonly hateSpeech: string;
	readonly hiddenCharacters: string;
	readonly image: string;
	readonly includeThoughts: string;
	readonly input: string;
	readonly insertCode: string;
	readonly jumpToEnd: string;
	readonly key: string;
	readonly maxLength: string;
	readonly mayLog: string;
	readonly mediaResolution: string;
	readonly model: string;
	readonly modelIs: string;
	readonly moreOptions: string;
	readonly newConversation: string;
	readonly newFile: string;
	readonly no: string;
	readonly noPicture: string;
	readonly options: string;
	readonly placeholder: string;
	readonly presencePenalty: string;
	readonly question: string;
	readonly resend: string;
	readonly retry: string;
	readonly retrying: string;
	readonly safetyFor: string;
	readonly searchedFor: string;
	readonly seconds: string;
	readonly seed: string;
	readonly send: string;
	readonly sending: string;
	readonly serviceTier: string;
	readonly sexuallyExplicit: string;
	readonly sources: string;
	readonly stop: string;
	readonly stopSequences: string;
	readonly systemInstruction: string;
	readonly temperature: string;
	readonly thinking: string;
	readonly thinkingBudget: string;
	readonly thinkingHigh: string;
	readonly thinkingLevel: string;
	readonly thinkingLow: string;
	readonly thinkingMedium: string;
	readonly thinkingMinimal: string;
	readonly thinkingXhigh: string;
	readonly thoughts: string;
	readonly tierFlex: string;
	readonly tierPriority: string;
	readonly tierStandard: string;
	readonly tokens: string;
	readonly tooManyLines: string;
	readonly topK: string;
	readonly topP: string;
	readonly attempts: string;
	readonly tries: string;
	readonly triesOne: string;
	readonly trySimulator: string;
	readonly tryingAgain: string;
	readonly urlContext: string;
	readonly waitingFor: string;
	readonly welcomeKeysText: string;
	readonly welcomeKeysTitle: string;
	readonly welcomeText: string;
	readonly welcomeTip: string;
	readonly welcomeTitle: string;
	readonly yes: string;
}
