import assert from 'node:assert/strict';
import type { Browser, Locator, Page } from 'playwright-core';
import { slashDescriptions } from '../../../src/chat/model/slashCommand';
import { chatStrings } from '../../../src/chat/view/strings';
import type {
	AnswerView,
	ChatChange,
	ChatEvent,
	ChatRequest,
	ChatState,
	FooterView,
	PanelView,
	TurnView,
} from '../../../src/webviews/protocol';
import type { themes } from './themes';
import { buildFiles, english, launch, WebviewPage, type Files } from './webviewPage';

export const footer: FooterView = {
	key: 'work',
	model: 'gemini-3.8-flash',
	input: 1_204,
	output: 356,
	ms: 2_345,
	fallbacks: 1,
	attempts: [
		{ label: 'personal', model: 'gemini-3.8-flash', outcome: 'rpm', words: 'requests a minute used up', ms: 120 },
		{ label: 'work', model: 'gemini-3.8-flash', outcome: 'answered', words: 'answered', ms: 2_100 },
	],
};

export const panel: PanelView = {
	hasKeys: true,
	title: '',
	model: 'gemini-3.8-flash',
	options: {},
	defaults: {},
	chips: [],
	queue: [],
};

export function turn(id: string, text: string, answer: AnswerView = { state: 'done', footer }): TurnView {
	return { id, question: { text: `Question ${id}`, attachments: [] }, text, answer };
}

const viewport = { width: 400, height: 800 };

/** The chat's document in a plain browser; a test plays the host. */
export class ChatPage extends WebviewPage<ChatRequest, ChatEvent> {
	private rev = 0;
	/** The host's run that `state` tells. */
	host = 'a run';
	/** Everything was removed since the window opened. */
	isHostErased = false;
	/** The id of the conversation that `state` tells. */
	conversation = 'c';

	static async open(browser: Browser, files: Files, theme: keyof typeof themes = 'dark'): Promise<ChatPage> {
		return ChatPage.on(await browser.newPage({ viewport }), files, theme);
	}

	/** The same on a page of this size that another document has left. */
	static async on(page: Page, files: Files, theme: keyof typeof themes = 'dark'): Promise<ChatPage> {
		const chat = new ChatPage(page);
		await chat.load(files, theme);
		return chat;
	}

	/** `more`: what stands around the conversation; `t`: its language. */
	async state(turns: readonly TurnView[], more: Partial<PanelView> = {}, t = english): Promise<void> {
		const state: ChatState = {
			host: this.host,
			...(this.isHostErased && { isHostErased: true }),
			conversation: this.conversation,
			locale: t === english ? 'en' : 'vi',
			strings: chatStrings(t),
			commands: slashDescriptions(t),
			panel: { ...panel, ...more },
			turns,
		};
		await this.tell({ type: 'state', rev: ++this.rev, state });
		await this.input.waitFor();
	}

	async update(...changes: readonly ChatChange[]): Promise<void> {
		await this.tell({ type: 'update', rev: ++this.rev, changes });
	}

	/** An update that never arrives. */
	lose(): void {
		this.rev++;
	}

	/** The number of the last event, for a test that posts events by itself. */
	get lastRev(): number {
		return this.rev;
	}

	/** Says that a test has posted so many events by itself. */
	skip(events: number): void {
		this.rev += events;
	}

	get input(): Locator {
		return this.page.locator('[data-role="input"]');
	}

	answer(state: AnswerView['state']): Locator {
		return this.page.locator(`[data-role="answer"][data-state="${state}"]`);
	}
}

/** Registers a fresh document of the chat for each test of the enclosing `describe`; an error on it fails the test. */
export function useChatPage(): () => ChatPage {
	let browser: Browser | undefined;
	let files: Files | undefined;
	let page: Page | undefined;
	let chat: ChatPage | undefined;
	before(async () => {
		[browser, files] = await Promise.all([launch(), buildFiles('chat')]);
	});
	after(() => browser?.close());
	beforeEach(async () => {
		if (browser && files) {
			// A test closes a page that it cannot leave as it was.
			page = page?.isClosed() === false ? page : await browser.newPage({ viewport });
			chat = await ChatPage.on(page, files);
			await chat.request('ready');
		}
	});
	afterEach(async () => {
		if (chat) {
			assert.deepEqual(chat.errors, []);
			if (!chat.page.isClosed()) await chat.leave();
		}
	});
	return () => {
		if (!chat) {
			throw new Error('The page is there during tests only.');
		}
		return chat;
	};
}
