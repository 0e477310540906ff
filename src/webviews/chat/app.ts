import { render, type TemplateResult } from 'lit-html';
import type { ChatEvent, ChatRequest, ChatStrings } from '../protocol';
import type { Actions } from './state/actions';
import { announcementOf } from './answer/aloud';
import { AnswerText } from './answer/answerText';
import { Connection, type VsCode } from '../shared/connection';
import { Follow } from './state/follow';
import { filled, Numbers } from '../shared/format';
import { Frames } from './answer/frames';
import { createHighlight } from './answer/highlight';
import { createMarkdown } from './answer/markdown';
import { recall, remember } from './state/memory';
import { isGrowing, nothing, received, waitOf, type Shown } from './state/model';
import { readPicture } from './composer/pictures';
import { moved, noSuggestions, suggestionsFor, type Suggestions } from './composer/suggestions';
import { takeFocus } from './composer/takeFocus';
import { page } from './page';

/** What a turn's thoughts are called among the texts. */
const thoughtsOf = (turn: string): string => `thoughts of ${turn}`;

/** Requests that say all by their name. */
type Wish =
	| 'ready'
	| 'stop'
	| 'anotherModel'
	| 'addKey'
	| 'trySimulator'
	| 'pickModel'
	| 'actOnBanner'
	| 'newConversation';

/** The chat's document: receives the conversation, draws it, and sends back what a person does. */
export class App {
	private model = nothing;
	private numbers = new Numbers('en');
	private notice: string | undefined;
	private sending = false;
	private ticking: ReturnType<typeof setInterval> | undefined;
	private follow: Follow | undefined;
	private drawerOpen = false;
	private editing: string | undefined;
	private suggestions = noSuggestions;
	private readonly openAttempts = new Set<string>();
	private readonly texts = new Map<string, AnswerText>();
	private readonly connection: Connection<ChatRequest, ChatEvent>;
	private readonly frames = new Frames(() => this.follow?.settle());
	private readonly highlight = createHighlight();
	private readonly markdown = createMarkdown((alt) => filled(this.model.shown?.strings.image ?? '{0}', alt));
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
		// VS Code would open a link by itself as well: the host alone does, and only what it allows.
		for (const kind of ['click', 'auxclick'] as const) {
			root.addEventListener(kind, (event) => this.clicked(event), { capture: true });
		}
		for (const kind of ['dragover', 'drop'] as const) {
			root.addEventListener(kind, (event) => this.dropped(event));
		}
		window.addEventListener('focus', () => this.follow && takeFocus(this.input()));
		this.ask('ready');
	}

	private receive(event: ChatEvent): void {
		const before = this.model.shown;
		const next = received(this.model, event, performance.now());
		if (!next) {
			this.ask('ready');
			return;
		}
		this.model = next;
		if (event.type === 'state') {
			this.numbers = new Numbers(event.state.locale);
		}
		this.syncTexts();
		if (event.type === 'state' || event.changes.some(({ type }) => type !== 'append')) {
			this.frames.request(this.drawShell);
			this.announce(before);
		}
	}

	private syncTexts(): void {
		const { shown } = this.model;
		if (!shown) {
			return;
		}
		const { turns, strings } = shown;
		for (const { id, text, thoughts, generation, answer } of turns) {
			this.textOf(id, strings).update(text, generation, !isGrowing(answer));
			if (thoughts !== undefined) {
				this.textOf(thoughtsOf(id), strings).update(thoughts, generation, !isGrowing(answer));
			}
		}
		const known = new Set(turns.flatMap(({ id }) => [id, thoughtsOf(id)]));
		for (const [id, text] of this.texts) {
			if (!known.has(id)) {
				text.dispose();
				this.texts.delete(id);
				this.openAttempts.delete(id);
			}
		}
	}

	private textOf(id: string, strings: ChatStrings): AnswerText {
		let text = this.texts.get(id);
		if (!text) {
			text = new AnswerText({
				frames: this.frames,
				markdown: this.markdown,
				highlight: this.highlight,
				strings,
				copy: (code) => this.copy(code),
				put: (act, code, language) => this.done({ type: 'code', act, code, language }),
			});
			this.texts.set(id, text);
		}
		return text;
	}

	private shell(): void {
		const { shown } = this.model;
		if (!shown) {
			return;
		}
		render(this.page(shown), this.root);
		this.follow ??= this.firstShown();
		this.tick(shown);
	}

	private page(shown: Shown): TemplateResult {
		const { follow, actions, numbers, editing, drawerOpen, openAttempts, suggestions, notice } = this;
		const jump = follow !== undefined && !follow.atEnd && shown.turns.length > 0;
		return page(shown, {
			...{ actions, numbers, jump, editing, drawerOpen, openAttempts, suggestions, notice },
			now: performance.now(),
			textOf: (id) => this.textOf(id, shown.strings).element,
			thoughtsOf: (id) => this.textOf(thoughtsOf(id), shown.strings).element,
		});
	}

	private firstShown(): Follow {
		const follow = new Follow(this.element('.log'), () => {
			this.frames.request(this.drawShell);
			this.save();
		});
		const { draft, scrollTop } = recall(this.vscode);
		this.input().value = draft;
		takeFocus(this.input());
		if (scrollTop !== undefined) {
			follow.restore(scrollTop);
		}
		return follow;
	}

	/** The countdown moves once a second, and only while there is one. */
	private tick({ turns }: Shown): void {
		const waits = turns.some(({ answer }) => waitOf(answer) !== undefined);
		if (waits && this.ticking === undefined) {
			this.ticking = setInterval(() => this.frames.request(this.drawShell), 1_000);
		} else if (!waits) {
			clearInterval(this.ticking);
			this.ticking = undefined;
		}
	}

	private announce(before: Shown | undefined): void {
		const serviceMessage = this.follow && announcementOf(before, this.model.shown);
		if (serviceMessage !== undefined) {
			this.element('[data-role="announcer"]').textContent = serviceMessage;
		}
	}

	private createActions(): Actions {
		const input = () => this.input().focus();
		return {
			send: () => void this.send(),
			stop: () => {
				this.ask('stop');
				input();
			},
			retry: (id) => {
				this.request({ type: 'retry', turn: id });
				this.follow?.toEnd();
				input();
			},
			anotherModel: () => this.ask('anotherModel'),
			act: (id) => this.request({ type: 'act', turn: id }),
			addKey: () => this.ask('addKey'),
			trySimulator: () => this.ask('trySimulator'),
			openLink: (href) => this.request({ type: 'openLink', href }),
			copyAnswer: (id) => void this.copy(this.model.shown?.turns.find((one) => one.id === id)?.text ?? ''),
			toggleAttempts: (id) => {
				if (!this.openAttempts.delete(id)) {
					this.openAttempts.add(id);
				}
				this.frames.request(this.drawShell);
			},
			toEnd: () => {
				this.follow?.toEnd();
				input();
			},
			draft: (text) => {
				this.save();
				this.suggest(suggestionsFor(text, this.model.shown?.commands ?? []));
			},
			suggest: (by) => this.suggest(by === 'none' ? noSuggestions : moved(this.suggestions, by)),
			complete: (at) => this.complete(at),
			attach: (what) => {
				this.request({ type: 'attach', what });
				input();
			},
			attachPictures: (files) => void this.attachPictures(files),
			detach: (chip) => {
				this.request({ type: 'detach', chip });
				input();
			},
			pickModel: () => this.ask('pickModel'),
			toggleDrawer: () => {
				this.drawerOpen = !this.drawerOpen;
				this.frames.request(this.drawShell);
				if (!this.drawerOpen) {
					this.element('[data-action="drawer"]').focus();
				}
			},
			setOptions: (options) => this.request({ type: 'options', options }),
			actOnBanner: () => this.ask('actOnBanner'),
			newConversation: () => this.ask('newConversation'),
			beginEdit: (id) => this.edit(id, '[data-role="edit"]'),
			cancelEdit: () => this.edit(undefined, '[data-role="input"]'),
			resend: (turn, text) => void this.resend(turn, text),
		};
	}

	/** The focus goes where the person goes on; it waits until that has been drawn. */
	private edit(id: string | undefined, focused: string): void {
		this.editing = id;
		this.shell();
		this.element(focused).focus();
	}

	private async resend(turn: string, text: string): Promise<void> {
		if (text.trim() !== '' && (await this.done({ type: 'edit', turn, text }))) {
			this.edit(undefined, '[data-role="input"]');
			this.follow?.toEnd();
		}
	}

	private suggest(suggestions: Suggestions): void {
		this.suggestions = suggestions;
		this.frames.request(this.drawShell);
	}

	private complete(at = this.suggestions.at): void {
		const chosen = this.suggestions.shown[at];
		if (chosen) {
			this.input().value = `/${chosen.name} `;
			this.suggest(noSuggestions);
			this.save();
		}
	}

	private async attachPictures(files: readonly File[]): Promise<void> {
		for (const file of files) {
			const picture = await readPicture(file);
			if (picture) {
				await this.done({ type: 'attachPicture', ...picture });
			} else {
				this.tellNotice(filled(this.model.shown?.strings.noPicture ?? '', file.name));
			}
		}
	}

	/** A picture can be dropped anywhere; VS Code would open it instead. */
	private dropped(event: DragEvent): void {
		const files = [...(event.dataTransfer?.files ?? [])];
		if (event.type === 'dragover' || files.length > 0) {
			event.preventDefault();
		}
		if (files.length > 0) {
			void this.attachPictures(files);
		}
	}

	/** The draft stays until the host has taken it. */
	private async send(): Promise<void> {
		const input = this.input();
		const text = input.value;
		if (this.sending || text.trim() === '') {
			return;
		}
		this.sending = true;
		this.suggest(noSuggestions);
		const error = await this.connection.request({ type: 'send', text });
		this.sending = false;
		this.tellNotice(error);
		if (error === undefined && input.value === text) {
			input.value = '';
			this.save();
		}
		this.follow?.toEnd();
	}

	private async copy(text: string): Promise<boolean> {
		const copied = await this.done({ type: 'copy', text });
		if (copied) {
			this.element('[data-role="announcer"]').textContent = this.model.shown?.strings.copied ?? '';
		}
		return copied;
	}

	/** Whether the host did it; where not, it is said why. */
	private async done(body: ChatRequest): Promise<boolean> {
		const error = await this.connection.request(body);
		this.tellNotice(error);
		return error === undefined;
	}

	private ask(type: Wish): void {
		this.request({ type });
	}

	private request(body: ChatRequest): void {
		void this.done(body);
	}

	private tellNotice(error: string | undefined): void {
		if (this.notice !== error) {
			this.notice = error;
			this.frames.request(this.drawShell);
		}
	}

	private clicked(event: MouseEvent): void {
		const link = event.target instanceof Element ? event.target.closest('a') : null;
		if (link) {
			event.preventDefault();
			event.stopPropagation();
			if (event.type === 'click') {
				this.actions.openLink(link.href);
			}
		}
	}

	private save(): void {
		const draft = this.input().value;
		const { follow } = this;
		remember(this.vscode, follow && !follow.atEnd ? { draft, scrollTop: follow.top } : { draft });
	}

	private input(): HTMLTextAreaElement {
		const input = this.element('[data-role="input"]');
		if (!(input instanceof HTMLTextAreaElement)) {
			throw new Error('The input box is no text area.');
		}
		return input;
	}

	private element(selector: string): HTMLElement {
		const found = this.root.querySelector(selector);
		if (!(found instanceof HTMLElement)) {
			throw new Error(`The page lacks ${selector}.`);
		}
		return found;
	}
}
