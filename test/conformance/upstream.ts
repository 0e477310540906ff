import { recorded, type Event, type Scenario, type Step } from './scenario';

/** One call as it arrived. */
export interface Call {
	readonly key: string;
	/** The model; `list` where the models were asked for. */
	readonly what: string;
	/** s since the scenario began. */
	readonly at: number;
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: unknown;
	/** What it met: `answer`, or the key's step in words. */
	readonly served: string;
}

/** What leaves the far side, piece by piece, and how it ends. */
export type Reply =
	| {
			readonly type: 'response';
			readonly status: number;
			readonly headers: Readonly<Record<string, string>>;
			readonly pieces: readonly string[];
			readonly then: 'end' | 'cut' | 'silence';
	  }
	| { readonly type: 'lost'; readonly code: string }
	| { readonly type: 'silence' };

const stream = { 'content-type': 'text/event-stream' };
const json = { 'content-type': 'application/json; charset=UTF-8' };

/** The script of a scenario: answers each call by the key that it came with, and writes it down. */
export class Upstream {
	readonly calls: Call[] = [];
	private arrived: () => void = () => undefined;
	/** Settles when the first call has come. */
	readonly called = new Promise<void>((resolve) => (this.arrived = resolve));
	private readonly taken = new Map<string, number>();

	constructor(
		private readonly scenario: Scenario,
		private readonly elapsed: () => number,
	) {}

	take(url: string, headers: Readonly<Record<string, string>>, text: string): Reply {
		const { pathname } = new URL(url);
		const name = secretOf(url, headers).replace(/^sim-key-/, '');
		const model = /\/models\/([^/:]+):/.exec(pathname)?.[1];
		const what = model ?? 'list';
		const body: unknown = text === '' ? undefined : JSON.parse(text);
		const steps = model === undefined ? this.scenario.checks?.[name] : this.scenario.upstream[name];
		const row = `${name} ${model === undefined ? 'list' : 'generate'}`;
		const n = this.taken.get(row) ?? 0;
		this.taken.set(row, n + 1);
		const at = Math.min(n, (steps?.length ?? 0) - 1);
		const step = steps?.[at];
		this.calls.push({ key: name, what, at: this.elapsed(), url, headers, body, served: inWords(name, at, step) });
		this.arrived();
		if (step) return replyOf(step);
		// A key whose models are not scripted is known; a call that nobody foresaw must show.
		return model === undefined
			? { type: 'response', status: 200, headers: json, pieces: ['{"models":[]}'], then: 'end' }
			: { type: 'response', status: 418, headers: json, pieces: ['{}'], then: 'end' };
	}
}

/** Wherever a client puts it: whether that is right is a scenario's matter. */
function secretOf(url: string, headers: Readonly<Record<string, string>>): string {
	const bearer = headers['authorization']?.replace(/^Bearer /i, '');
	return headers['x-goog-api-key'] ?? bearer ?? new URL(url).searchParams.get('key') ?? '';
}

function inWords(key: string, at: number, step: Step | undefined): string {
	if (!step) return `${key}, which nobody foresaw`;
	if ('answer' in step) return 'answer';
	const what =
		'connection' in step
			? step.connection
			: 'redirect' in step
				? 'redirect'
				: 'stream' in step
					? `200, then ${step.then}`
					: `${step.status}${'recorded' in step ? ` ${step.recorded}` : ''}`;
	return `${key}, step ${at + 1}: ${what}`;
}

function replyOf(step: Step): Reply {
	if ('connection' in step) {
		return step.connection === 'silence' ? { type: 'silence' } : { type: 'lost', code: step.connection };
	}
	if ('redirect' in step) {
		return { type: 'response', status: 302, headers: { location: step.redirect }, pieces: [], then: 'end' };
	}
	if ('stream' in step) {
		return { type: 'response', status: 200, headers: stream, pieces: step.stream.map(frame), then: step.then };
	}
	if ('answer' in step) return { type: 'response', status: 200, headers: stream, pieces: answer(step), then: 'end' };
	return { type: 'response', status: step.status, headers: json, pieces: [errorBody(step)], then: 'end' };
}

function answer({ answer: text, input = 10, servedModel }: Extract<Step, { answer: string }>): readonly string[] {
	const middle = Math.ceil(text.length / 2);
	const last = {
		candidates: [{ content: { role: 'model', parts: [{ text: text.slice(middle) }] }, finishReason: 'STOP' }],
		usageMetadata: { promptTokenCount: input, candidatesTokenCount: 5, totalTokenCount: input + 5 },
		...(servedModel !== undefined && { modelVersion: servedModel }),
	};
	return [frame({ text: text.slice(0, middle) }), frame({ json: last })];
}

function frame(event: Event): string {
	if ('raw' in event) return event.raw;
	if ('recorded' in event) return `data: ${JSON.stringify(JSON.parse(recorded(event.recorded)))}\r\n\r\n`;
	const body =
		'text' in event ? { candidates: [{ content: { role: 'model', parts: [{ text: event.text }] } }] } : event.json;
	return `data: ${JSON.stringify(body)}\r\n\r\n`;
}

function errorBody(step: Extract<Step, { status: number }>): string {
	if ('text' in step) return step.text;
	if ('json' in step) return JSON.stringify(step.json);
	const text = recorded(step.recorded);
	switch (step.as) {
		case 'array':
			return `[${text}]`;
		case 'doubleEncoded':
			return JSON.stringify({ error: { message: text, code: step.status, status: 'Some Words' } });
		case 'prefixed':
			return `got status: ${step.status}. ${text}`;
		case undefined:
			return text;
	}
}
