import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { DashboardEvent, DashboardRequest } from '../dashboardProtocol';
import { Connection, type VsCode } from '../shared/connection';
import { filled, Numbers } from '../shared/format';
import { icon } from '../shared/icon';
import { takeFocus } from '../shared/takeFocus';
import { labelCells } from './cellLabels';
import { Chart } from './chart';
import { layersOf, recallChoice, slotTimes, type Choice, type Layer } from './choice';
import type { Actions, Context } from './context';
import { costs } from './costs';
import { keys, team } from './keys';
import { options } from './parts';
import { quotas } from './quotas';
import { requests } from './requests';
import { rests } from './rests';
import { Times } from './times';
import { usage, usageOf } from './usage';

type Shown = Omit<Context, 'choice' | 'age' | 'actions'> & {
	readonly monotonicAt: number;
};

/** Requests whose attempts a person has opened; the oldest are forgotten beyond this. */
const maxOpen = 100;
/** Seconds, counted, because some clocks count the time asleep. The host tells numbers four times as often, changed or not. */
const maxSilence = 60;

/** The dashboard's document: receives numbers, draws them, and sends back what a person wants. */
export class App {
	private shown: Shown | undefined;
	private choice: Choice;
	private hovered: number | undefined;
	private notice: string | undefined;
	/** Seconds since the host has told anything. */
	private silence = 0;
	private drawing = false;
	/** What the chart shows. */
	private drawn: readonly unknown[] = [];
	private readonly open = new Set<string>();
	/** What had the focus last: a list of VS Code takes it, and gives it back to the page alone. */
	private held: EventTarget | null = null;
	private readonly connection: Connection<DashboardRequest, DashboardEvent>;
	private readonly chart = new Chart((slot) => {
		if (slot !== this.hovered) {
			this.hovered = slot;
			this.draw();
		}
	});
	private readonly actions: Actions = {
		choose: (choice) => {
			this.choice = { ...this.choice, ...choice };
			this.vscode.setState(this.choice);
			this.draw();
		},
		export: () => void this.ask({ type: 'export' }),
		run: (act) => void this.ask({ type: 'run', act }),
		toggleRequest: (id) => {
			if (!this.open.delete(id)) this.open.add(id);
			for (const oldest of this.open) {
				if (this.open.size <= maxOpen) break;
				this.open.delete(oldest);
			}
			this.draw();
		},
		isOpen: (request) => this.open.has(request),
	};

	constructor(
		private readonly root: HTMLElement,
		private readonly vscode: VsCode,
	) {
		this.choice = recallChoice(vscode);
		this.connection = new Connection(vscode, (event) => this.receive(event), window);
		// VS Code tells a new theme by the variables and classes of the document.
		const themes = new MutationObserver(() => this.chart.recolour());
		for (const element of [document.documentElement, document.body])
			themes.observe(element, {
				attributeFilter: ['class', 'style', 'data-vscode-theme-id'],
			});
		root.addEventListener('focusin', ({ target }) => (this.held = target));
		window.addEventListener('focus', () => this.keepFocus());
		setInterval(() => this.countDown(), 1_000);
		void this.ask({ type: 'ready' });
	}

	private receive(event: DashboardEvent): void {
		this.silence = 0;
		const when = { arrivedAt: Date.now(), monotonicAt: performance.now() };
		if (event.type === 'state') {
			const { strings, locale, data } = event;
			this.shown = {
				strings,
				numbers: new Numbers(locale),
				times: new Times(locale),
				data,
				...when,
			};
		} else if (this.shown) {
			this.shown = { ...this.shown, data: event.data, ...when };
		}
		this.draw();
	}

	/** Where something of the next minutes is counted down, or nobody tells any more; a page that nobody sees draws no frame. */
	private countDown(): void {
		const uses = this.shown?.data.quotas.flatMap(({ rpm, tpm }) => [rpm, tpm]) ?? [];
		this.silence++;
		if (this.isSilent || uses.some((use) => use !== undefined && use.used > 0)) this.draw();
	}

	private get isSilent(): boolean {
		return this.silence > maxSilence;
	}

	private async ask(request: DashboardRequest): Promise<void> {
		this.notice = await this.connection.request(request);
		this.draw();
	}

	private draw(): void {
		if (this.drawing) return;
		this.drawing = true;
		requestAnimationFrame(() => {
			this.drawing = false;
			this.drawNow();
		});
	}

	private drawNow(): void {
		if (!this.shown) return;
		const { monotonicAt, ...shown } = this.shown;
		const context: Context = {
			...shown,
			choice: this.choice,
			age: performance.now() - monotonicAt,
			actions: this.actions,
		};
		const before = document.activeElement;
		render(this.page(context), this.root);
		if (before?.isConnected === false) this.keepFocus();
		labelCells(this.root);
		this.drawChart(context);
	}

	/** Where what had it is gone, as the button of a client that may continue, the page is read on from its first choice. */
	private keepFocus(): void {
		if (!(this.held instanceof HTMLElement)) return;
		takeFocus(
			this.held.isConnected ? this.held : (this.root.querySelector<HTMLElement>('[aria-pressed="true"]') ?? this.held),
		);
	}

	private drawChart(context: Context): void {
		const drawn = [context.data, context.choice, this.chart.element.isConnected] as const;
		if (drawn.every((value, n) => value === this.drawn[n]) || !this.chart.element.isConnected) return;
		this.drawn = drawn;
		const view = usageOf(context);
		this.chart.update({
			layers: layersOf(view, this.choice),
			times: slotTimes(view, context.arrivedAt),
			slotMs: view.slotMs,
			time: (at) => context.times.toMinute(at),
			count: (value) => context.numbers.count(value),
			colour: (layer) => this.colourOf(layer),
		});
	}

	/** The legend has it from the styles, which have it from the theme. */
	private colourOf({ colour }: Layer): string {
		const swatch = this.root.querySelector(`.swatch[data-colour="${colour}"]`);
		return swatch ? getComputedStyle(swatch).backgroundColor : '';
	}

	private page(context: Context): TemplateResult {
		const { strings, data } = context;
		const isEmpty = !data.pool.hasKeys && data.day.total.sends === 0 && data.requests.length === 0;
		return html`<main>
			${this.header(context)}
			${this.notice === undefined ? nothing : html`<p class="notice" role="alert">${this.notice}</p>`}
			${this.isSilent ? html`<p class="notice" role="alert">${strings.silent}</p>` : nothing}
			${data.pool.simulated === undefined ? nothing : html`<p class="notice simulated">${data.pool.simulated}</p>`}
			${
				data.pool.paused === undefined
					? nothing
					: html`<p class="notice">
							${filled(strings.paused, data.pool.paused)}
							<button type="button" @click=${() => this.actions.run('showKeys')}>${strings.showKeys}</button>
						</p>`
			}
			${
				isEmpty
					? welcome(context)
					: html`${usage(context, this.chart.element, this.hovered)} ${data.pool.isGateway ? nothing : keys(context)}
						${team(context)} ${costs(context)} ${quotas(context)} ${rests(context)} ${requests(context)}`
			}
		</main>`;
	}

	private header({ strings, numbers, data, choice, actions }: Context): TemplateResult {
		const { usable, total, waiting } = data.pool;
		const { sends, answered, fallbacks, input, output } = (choice.range === 'hour' ? data.hour : data.day).total;
		const figure = (name: string, label: string, value: string) =>
			html`<div data-figure=${name}>
				<dt>${label}</dt>
				<dd>${value}</dd>
			</div>`;
		return html`<header>
			<h1>${strings.title}</h1>
			<div class="toolbar">
				${options(
					strings.range,
					choice.range,
					[
						['hour', strings.lastHour],
						['day', strings.lastDay],
					],
					(range) => actions.choose({ range }),
				)}
				<button type="button" data-action="export" @click=${actions.export}>${icon('export')}${strings.export}</button>
			</div>
			<dl class="figures">
				${
					data.pool.isGateway
						? nothing
						: figure('usable', strings.usable, filled(strings.of, numbers.count(usable), numbers.count(total)))
				}
				${figure('waiting', strings.waiting, numbers.count(waiting))}
				${figure('sends', strings.sends, numbers.count(sends))}
				${figure('answered', strings.answered, sends === 0 ? '–' : `${Math.floor((100 * answered) / sends)}%`)}
				${figure('fallbacks', strings.fallbacks, numbers.count(fallbacks))}
				${figure('input', strings.input, numbers.count(input))}
				${figure('output', strings.output, numbers.count(output))}
				${figure('cost', strings.costToday, data.costs.today)}
			</dl>
		</header>`;
	}
}

/** Nothing to show yet: what helps. */
function welcome({ strings, actions }: Context): TemplateResult {
	return html`<section class="welcome" data-role="empty">
		${icon('graph')}
		<h2>${strings.emptyTitle}</h2>
		<p>${strings.emptyText}</p>
		<button type="button" class="main" @click=${() => actions.run('addKey')}>${icon('key')}${strings.addKey}</button>
	</section>`;
}
