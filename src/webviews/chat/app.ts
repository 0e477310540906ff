import { render, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../chatStrings';
import type { ChatChange, ChatEvent, ChatRequest } from '../protocol';
import type { Actions } from './state/actions';
import { announcementOf } from './answer/aloud';
import { Connection, type VsCode } from '../shared/connection';
import { Follow } from './state/follow';
import { filled, Numbers } from '../shared/format';
import { takeFocus } from '../shared/takeFocus';
import { Frames } from './answer/frames';
import { createHighlight } from './answer/highlight';
import { createMarkdown } from './answer/markdown';
import { Texts } from './answer/texts';
import { editOf, without, type Edits } from './state/edits';
import { isErased, isRememberedAlike, lostWith, recall, remember, unanswered, type Memory } from './state/memory';
import { Ticker } from './state/ticker';
import { nothing, received, runningTurn, waitOf, type Shown } from './state/model';
import { attachAll } from './composer/pictures';
import { focusOption } from './composer/drawerFields';
import { InputBox } from './composer/inputBox';
import { Thumbnails } from './composer/thumbnails';
import { Find } from './find/find';
import { Formulas } from './math/formulas';
import { page } from './page';
import { listen } from './pageEvents';

/** Requests that say all by their name. */
type Wish = { [R in ChatRequest as R['type']]: keyof R extends 'type' ? R['type'] : never }[ChatRequest['type']];

/** The chat's document: receives the conversation, draws it, and sends back what a person does. */
export class App {
	private model = nothing;
	private numbers = new Numbers('en');
	private notice: string | undefined;
	/** A question of which the host has not said yet whether it took it. */
	private sending: string | undefined;
	/** Pictures that are on their way to the host: the question that is sent meanwhile is about them. */
	private attaching: Promise<unknown> = Promise.resolve();
	/** Moves the countdown, while there is one. */
	private readonly ticker = new Ticker(() => this.frames.request(this.drawShell));
	private follow: Follow | undefined;
	private drawerOpen = false;
	private edits: Edits = {};
	private isWrapped = false;
	private readonly openAttempts = new Set<string>();
	private readonly texts = new Texts(() => ({
		frames: this.frames,
		markdown: this.markdown,
		highlight: this.highlight,
		formulas: this.formulas,
		wrap: {
			isOn: () => this.isWrapped,
			toggle: () => this.setWrap(!this.isWrapped),
		},
		strings: this.strings(),
		copy: (code) => this.copy(code),
		put: (act, code, language) => this.done({ type: 'code', act, code, language }),
	}));
	private readonly connection: Connection<ChatRequest, ChatEvent>;
	private readonly frames = new Frames(() => this.follow?.settle());
	private readonly highlight = createHighlight();
	private readonly markdown = createMarkdown((alt) => filled(this.model.shown?.strings.image ?? '{0}', alt));
	private readonly formulas = new Formulas(this.frames, async () => (await import('./math/typeset')).typeset);
	private readonly box: InputBox = new InputBox({
		box: () => this.input(),
		shown: () => this.model.shown,
		request: (body) => this.done(body),
		changed: () => {
			this.save();
			this.frames.request(this.drawShell);
		},
	});
	private readonly find = new Find(
		() => this.element('.log'),
		() => this.frames.request(this.drawShell),
	);
	private readonly thumbnails: Thumbnails;
	private readonly actions: Actions = this.createActions();
	private readonly drawShell = () => {
		this.shell();
		return false;
	};

	constructor(
		private readonly root: HTMLElement,
		private readonly vscode: VsCode,
	) {
		this.connection = new Connection(vscode, (event) => this.receive(event), window);
		this.thumbnails = new Thumbnails(root, (picture) => this.request({ type: 'showPicture', picture }));
		this.setWrap(recall(vscode).wrap === true);
		listen(root, {
			link: (href) => this.actions.openLink(href),
			file: (file) => this.request({ type: 'openFile', file }),
			files: (files) => void this.attachPictures(files),
			escape: () => this.model.shown && runningTurn(this.model.shown) && this.actions.stop(),
			find: () => this.actions.openFind(),
		});
		window.addEventListener('focus', () => this.follow && takeFocus(this.input()));
		this.ask('ready');
	}

	private receive(event: ChatEvent): void {
		const before = this.model.shown;
		const next = received(this.model, event, Date.now());
		if (!next) {
			this.ask('ready');
			return;
		}
		this.model = next;
		if (event.type === 'state') {
			this.numbers = new Numbers(event.state.locale);
			if (before && before.conversation !== event.state.conversation) this.leave();
			if (this.follow && isErased(before?.host, event.state)) this.box.empty();
		} else {
			event.changes.forEach((change) => this.hear(change));
		}
		this.texts.update(next.shown?.turns ?? []);
		if (event.type === 'state' || event.changes.some(({ type }) => type !== 'append')) {
			this.frames.request(this.drawShell);
			this.announce(before);
			if (this.follow && !isRememberedAlike(before, next.shown)) this.save();
		}
	}

	/** What could not be done or was being written in one conversation says nothing about another, nor does the place of reading. */
	private leave(): void {
		this.notice = undefined;
		this.edits = {};
		this.follow?.toEnd();
	}

	/** What was told because it was asked for. */
	private hear(change: ChatChange): void {
		if (change.type === 'toEnd') this.follow?.toEnd();
		if (change.type === 'offered') this.box.offered(change.text, change.mentions);
		if (change.type === 'picture') void this.thumbnails.received(change.picture, change.mimeType, change.data);
	}

	private shell(): void {
		const { shown } = this.model;
		if (!shown) return;
		const held = document.activeElement;
		render(this.page(shown), this.root);
		if (!this.follow) {
			const memory = recall(this.vscode, shown);
			const lost = lostWith(memory, shown);
			this.follow = this.firstShown(shown, memory);
			const sent = unanswered(memory, shown);
			if (sent === 'draft') void this.send(true);
			else if (sent) void this.resend(...sent, true);
			if (lost.texts.length > 0) this.box.putBack(lost.texts.join('\n\n'));
			if (lost.attached !== '') this.tellNotice(filled(shown.strings.noLongerAttached, lost.attached));
			this.save();
			// With what the document remembers.
			render(this.page(shown), this.root);
		}
		// What had the focus may be gone, as the buttons of a wait that is over. Behind that of the simulator another conversation
		// comes, and with it the focus: what is typed before is no part of it.
		if (held?.isConnected === false && held.getAttribute('data-action') !== 'trySimulator') takeFocus(this.input());
		this.thumbnails.draw();
		this.ticker.set(shown.turns.some(({ answer }) => waitOf(answer) !== undefined));
	}

	private page(shown: Shown): TemplateResult {
		const { follow, actions, numbers, edits, drawerOpen, openAttempts, notice, box } = this;
		const jump = follow !== undefined && !follow.atEnd && shown.turns.length > 0;
		return page(shown, {
			...{ actions, numbers, jump, edits, drawerOpen, openAttempts, notice },
			suggestions: box.suggestions,
			find: this.find.shown,
			draft: follow ? this.input().value : '',
			now: Date.now(),
			textOf: (id) => this.texts.answer(id),
			thoughtsOf: (id) => this.texts.thoughts(id),
		});
	}

	private firstShown(shown: Shown, { draft, scrollTop, last, edits = {} }: Memory): Follow {
		const follow = new Follow(this.element('.log'), () => {
			this.frames.request(this.drawShell);
			this.save();
		});
		this.input().value = draft;
		this.edits = edits;
		takeFocus(this.input());
		if (scrollTop !== undefined && last === shown.turns.at(-1)?.id) follow.restore(scrollTop);
		return follow;
	}

	private announce(before: Shown | undefined): void {
		const announcement = this.follow && announcementOf(before, this.model.shown, this.markdown);
		if (announcement !== undefined) this.element('[data-role="announcer"]').textContent = announcement;
	}

	private createActions(): Actions {
		const input = () => this.input().focus();
		const thenInput = (body: ChatRequest) => {
			this.request(body);
			input();
		};
		return {
			send: () => void this.send(),
			stop: () => thenInput({ type: 'stop' }),
			retry: (id) => {
				this.request({ type: 'retry', turn: id });
				if (this.model.shown?.turns.at(-1)?.id === id) this.follow?.toEnd();
				input();
			},
			anotherModel: () => this.ask('anotherModel'),
			act: (id) => this.request({ type: 'act', turn: id }),
			begin: (by) => this.ask(by),
			openLink: (href) => this.request({ type: 'openLink', href }),
			copyAnswer: (id) => void this.copy(this.model.shown?.turns.find((one) => one.id === id)?.text ?? ''),
			toggleAttempts: (id) => {
				if (!this.openAttempts.delete(id)) this.openAttempts.add(id);
				this.frames.request(this.drawShell);
			},
			toEnd: () => {
				this.follow?.toEnd();
				input();
			},
			typed: () => this.box.typed(),
			suggest: (by) => this.box.suggest(by),
			complete: (at) => this.box.complete(at),
			recall: (by) => this.box.recall(by),
			queued: (act, question) => thenInput({ type: 'queued', act, question }),
			takeBack: (question, text) => void this.takeBack(question, text),
			openFind: () => this.openFind(),
			closeFind: () => {
				this.find.close();
				input();
			},
			seek: (text) => this.find.seek(text),
			goToMatch: (by) => this.find.go(by),
			attach: (what) => thenInput({ type: 'attach', what }),
			attachPictures: (files) => void this.attachPictures(files),
			detach: (chip) => thenInput({ type: 'detach', chip }),
			pickModel: () => this.ask('pickModel'),
			toggleDrawer: () => {
				// The drawer stands before its button: Tab would lead away from what was opened.
				if (!this.drawerOpen) return this.showOption('system');
				this.drawerOpen = false;
				this.frames.request(this.drawShell);
				// A focus that is in what goes.
				if (document.activeElement?.closest('.drawer')) this.element('[data-action="drawer"]').focus();
			},
			showOption: (name) => this.showOption(name),
			setOptions: (options) => this.request({ type: 'options', options }),
			refuse: (why) => this.tellNotice(why),
			actOnBanner: () => this.ask('actOnBanner'),
			newConversation: () => this.ask('newConversation'),
			beginEdit: (id) => {
				const text = this.model.shown?.turns.find((one) => one.id === id)?.question.text ?? '';
				this.edit({ ...this.edits, [id]: text }, editOf(id));
			},
			writeEdit: (turn, text) => {
				this.edits = { ...this.edits, [turn]: text };
				this.save();
			},
			cancelEdit: (turn) => {
				this.notice = undefined;
				this.edit(without(this.edits, turn), '[data-role="input"]');
			},
			resend: (turn, text) => void this.resend(turn, text),
		};
	}

	/** The focus goes where the person goes on; it waits until that has been drawn. */
	private edit(edits: Edits, focused: string): void {
		this.edits = edits;
		this.save();
		this.shell();
		(this.root.querySelector<HTMLElement>(focused) ?? this.input()).focus();
	}

	private async resend(turn: string, text: string, again = false): Promise<void> {
		if (this.sending === text || text.trim() === '') return;
		this.sending = text;
		this.save();
		const isAsked = await this.done({ type: 'edit', turn, text, ...(again && { again }) });
		if (this.sending === text) this.sending = undefined;
		if (!isAsked) return again ? this.save() : this.edit(this.edits, editOf(turn));
		this.edit(without(this.edits, turn), '[data-role="input"]');
		this.follow?.toEnd();
	}

	/** It is gone from the queue before it stands in the box: it cannot be asked twice. */
	private async takeBack(question: string, text: string): Promise<void> {
		if (await this.done({ type: 'queued', act: 'takeBack', question })) this.box.putBack(text);
		this.input().focus();
	}

	private openFind(): void {
		if (!this.follow) return;
		this.find.open();
		this.shell();
		const field = this.element('[data-role="find"]');
		field.focus();
		if (field instanceof HTMLInputElement) {
			field.select();
			this.find.seek(field.value);
		}
	}

	private showOption(name: string): void {
		this.drawerOpen = true;
		this.shell();
		focusOption(this.root, name);
	}

	private setWrap(on: boolean): void {
		this.isWrapped = on;
		this.root.classList.toggle('wrap-code', on);
		for (const button of this.root.querySelectorAll('[data-action="wrap"]')) {
			button.setAttribute('aria-pressed', String(on));
		}
		if (this.follow) this.save();
	}

	private async attachPictures(files: readonly File[]): Promise<void> {
		const attached = attachAll(files, (picture) => this.done({ type: 'attachPicture', ...picture }));
		this.attaching = Promise.all([this.attaching, attached]);
		const refused = await attached;
		if (refused.length > 0) this.tellNotice(filled(this.strings().noPicture, refused.join(', ')));
	}

	/** The draft stays until the host has taken it. `again`: it was sent before the page was hidden. */
	private async send(again = false): Promise<void> {
		const input = this.input();
		const text = input.value;
		if (this.sending === text || text.trim() === '') return;
		const { notice, model } = this;
		this.sending = text;
		this.box.suggest('none');
		await this.attaching;
		this.save();
		const isHere = this.model.shown?.conversation === model.shown?.conversation;
		const asked = { type: 'send', text, ...(again && { again }) } as const;
		const error = isHere ? await this.connection.request(asked) : this.strings().leftMeanwhile;
		if (this.sending === text) this.sending = undefined;
		// Which pictures could not go along is told still.
		if (error !== undefined || this.notice === notice) this.tellNotice(error);
		if (error === undefined && input.value === text) input.value = '';
		this.save();
		this.follow?.toEnd();
	}

	private async copy(text: string): Promise<boolean> {
		const copied = await this.done({ type: 'copy', text });
		if (copied) this.element('[data-role="announcer"]').textContent = this.model.shown?.strings.copied ?? '';
		return copied;
	}

	/** Whether the host did it; where not, it is said why. */
	private async done(body: ChatRequest): Promise<boolean> {
		const error = await this.connection.request(body);
		// What the page asks by itself leaves there what a person was told.
		const isOwn = ['ready', 'showPicture', 'findMentions'].includes(body.type);
		if (!isOwn || this.notice === undefined) this.tellNotice(error);
		return error === undefined;
	}

	private ask(type: Wish): void {
		this.request({ type });
	}

	private request(body: ChatRequest): void {
		void this.done(body);
	}

	private tellNotice(error: string | undefined): void {
		// A region that stays as it is says nothing aloud: what is refused once more differs by a space.
		this.notice = error !== undefined && error === this.notice ? `${error}\u00a0` : error;
		this.frames.request(this.drawShell);
	}

	private save(): void {
		const { edits, follow, isWrapped, sending } = this;
		remember(this.vscode, { draft: this.input().value, edits, follow, isWrapped, sending, shown: this.model.shown });
	}

	/** Texts are drawn once there is a state. */
	private strings(): ChatStrings {
		if (this.model.shown) return this.model.shown.strings;
		throw new Error('The page has no words yet.');
	}

	private input(): HTMLTextAreaElement {
		const input = this.element('[data-role="input"]');
		if (input instanceof HTMLTextAreaElement) return input;
		throw new Error('The input box is no text area.');
	}

	private element(selector: string): HTMLElement {
		const found = this.root.querySelector(selector);
		if (found instanceof HTMLElement) return found;
		throw new Error(`The page lacks ${selector}.`);
	}
}
