/**
 * What crosses between a host and its webviews: types only, so that browser code can import them. The host owns the
 * conversation. Times cross as durations (ms), never as instants: the clocks of a remote window differ.
 */

import type { PictureType } from '../common/pictures';
import type { GenerationOptions } from '../generation/options';
import type { ChatStrings } from './chatStrings';

/** A view's message. Exactly one `Reply` with the same id answers it. */
export interface Request<M> {
	/** Unique in one document, from 1. */
	readonly id: number;
	readonly body: M;
}

export type Reply =
	| { readonly type: 'reply'; readonly id: number; readonly ok: true }
	/** In words for a person. */
	| {
			readonly type: 'reply';
			readonly id: number;
			readonly ok: false;
			readonly error: string;
	  };

/** What a document receives: events in order, and replies to its own requests. */
export type ToView<E> = { readonly type: 'event'; readonly event: E } | Reply;

/** What the chat's document asks of the host. `again`: a document before it has, and was gone before it heard what became of that. */
export type ChatRequest =
	/** The document is new, or has missed an update: the whole state follows. */
	| { readonly type: 'ready' }
	/** Asks, or waits for its turn while an answer runs. */
	| { readonly type: 'send'; readonly text: string; readonly again?: true }
	/** A question that waits for its turn: is asked now in place of what runs, goes back to the input box, or is dropped. */
	| {
			readonly type: 'queued';
			readonly act: QueuedAct;
			readonly question: string;
	  }
	| { readonly type: 'stop' }
	| { readonly type: 'retry'; readonly turn: string }
	/** Asks a turn again in other words; what came after it goes. */
	| { readonly type: 'edit'; readonly turn: string; readonly text: string; readonly again?: true }
	/** The host offers the models; the conversation goes on with the chosen one. */
	| { readonly type: 'pickModel' }
	| { readonly type: 'options'; readonly options: GenerationOptions }
	/** The code in front of a person, or files that the host offers, go along with the next question. */
	| { readonly type: 'attach'; readonly what: 'selection' | 'files' }
	/** `data`: base64 without a prefix. */
	| {
			readonly type: 'attachPicture';
			readonly label: string;
			readonly mimeType: PictureType;
			readonly data: string;
	  }
	| { readonly type: 'detach'; readonly chip: string }
	/** What fits a mention that is being typed; `offered` tells. */
	| { readonly type: 'findMentions'; readonly text: string }
	/** Something that was offered goes along with the next question. */
	| { readonly type: 'mention'; readonly mention: string }
	/** A picture by its id, to be drawn small; `picture` tells. */
	| { readonly type: 'showPicture'; readonly picture: string }
	/** A file as an answer names it, such as `src/a.ts:12`; the host decides whether it is one of the workspace. */
	| { readonly type: 'openFile'; readonly file: string }
	| { readonly type: 'newConversation' }
	/** Runs the action that the banner offers. */
	| { readonly type: 'actOnBanner' }
	/** The host offers the models; the running request goes on with the chosen one. */
	| { readonly type: 'anotherModel' }
	/** Runs the action that the turn's error card offers. */
	| { readonly type: 'act'; readonly turn: string }
	| { readonly type: 'addKey' }
	| { readonly type: 'trySimulator' }
	| { readonly type: 'useTeamGateway' }
	| { readonly type: 'openLink'; readonly href: string }
	| { readonly type: 'copy'; readonly text: string }
	/** Code of an answer goes to the editor; `language` as the answer named it. */
	| {
			readonly type: 'code';
			readonly act: CodeAct;
			readonly code: string;
			readonly language: string;
	  };

export type QueuedAct = 'askNow' | 'takeBack' | 'remove';

/** At the cursor, over the selection as a diff, or into a new file. */
export type CodeAct = 'insert' | 'apply' | 'newFile';

/** What the host tells the chat's document. `rev` grows by one with each event; a gap means that one was lost. */
export type ChatEvent =
	| { readonly type: 'state'; readonly rev: number; readonly state: ChatState }
	| {
			readonly type: 'update';
			readonly rev: number;
			readonly changes: readonly ChatChange[];
	  };

export type ChatChange =
	/** A new turn at the end, or a known one replaced whole. */
	| { readonly type: 'turn'; readonly turn: TurnView }
	| { readonly type: 'append'; readonly turn: string; readonly text: string }
	| {
			readonly type: 'appendThoughts';
			readonly turn: string;
			readonly text: string;
	  }
	| {
			readonly type: 'grounding';
			readonly turn: string;
			readonly grounding: GroundingView;
	  }
	/** The answer's content so far is void; what is on screen stays until its successor comes. */
	| { readonly type: 'retract'; readonly turn: string }
	| {
			readonly type: 'answer';
			readonly turn: string;
			readonly state: AnswerView;
	  }
	| { readonly type: 'panel'; readonly panel: PanelView }
	/** A question came from elsewhere in the window: a reader who is further up is brought to it. */
	| { readonly type: 'toEnd' }
	/** Best first; `text` is what was looked for. */
	| {
			readonly type: 'offered';
			readonly text: string;
			readonly mentions: readonly MentionView[];
	  }
	/** base64 without a prefix. */
	| {
			readonly type: 'picture';
			readonly picture: string;
			readonly mimeType: string;
			readonly data: string;
	  };

export interface ChatState {
	/** Another one after the window was loaded again: its host knows nothing of what waited. */
	readonly host: string;
	/** Everything was erased since the window opened, and the host has another name since then. */
	readonly isHostErased?: true;
	/** The id of the conversation. */
	readonly conversation: string;
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
	/** Questions that wait for their turn, the next one first. */
	readonly queue: readonly QueuedView[];
	/** Absent where there is nothing to send yet but what is being typed. */
	readonly size?: SizeView;
	/** Why nothing can be answered at the moment, and what helps. */
	readonly banner?: ErrorView;
	/** In words, while the next question makes the oldest ones of the conversation go. */
	readonly full?: string;
}

export interface ChipView {
	readonly id: string;
	readonly type: 'code' | 'file' | 'picture';
	readonly label: string;
	/** UTF-8 bytes. */
	readonly bytes: number;
}

export interface QueuedView {
	readonly id: string;
	readonly text: string;
	/** Labels of what goes along. */
	readonly attachments: readonly string[];
}

/** What the next question weighs with the conversation before it and what goes along, as far as that can be known. */
export interface SizeView {
	readonly tokens: number;
	/** Tokens that the model takes in. */
	readonly limit: number;
	/** What free keys have left of the model, in words; absent where that is not known. */
	readonly left?: string;
}

/** Something that can go along, offered after `@` or `#`. */
export interface MentionView {
	readonly id: string;
	/** What is written into the box, with its sign. */
	readonly name: string;
	/** Where it is, or what it is. */
	readonly detail: string;
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
	/** What was sent along. */
	readonly attachments: readonly AttachmentView[];
}

export interface AttachmentView {
	readonly label: string;
	/** UTF-8 bytes. */
	readonly bytes: number;
	/** The id of a picture; absent where it is a text. */
	readonly picture?: string;
}

export type AnswerView =
	| { readonly state: 'waiting'; readonly step: 'sending' | 'thinking' }
	| {
			readonly state: 'waiting';
			readonly step: 'queued';
			readonly wait: WaitView;
	  }
	/** `wait`: a broken answer waits for its successor. */
	| { readonly state: 'streaming'; readonly wait?: WaitView }
	/** It comes in another window, in words. */
	| { readonly state: 'elsewhere'; readonly note: string }
	/** `note`: why the answer ended early, in words. */
	| {
			readonly state: 'done';
			readonly footer: FooterView;
			readonly note?: string;
	  }
	| {
			readonly state: 'failed';
			readonly footer: FooterView;
			readonly error: ErrorView;
	  }
	/** `note`: by whom. */
	| {
			readonly state: 'stopped';
			readonly footer: FooterView;
			readonly note: string;
	  };

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
	/** It is that there was no key: the simulator needs none. */
	readonly noKey?: true;
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
