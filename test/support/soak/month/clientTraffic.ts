import assert from 'node:assert/strict';
import { flash } from '../../simulator/stand';
import { marked } from './meter';
import type { MonthRig } from './monthRig';
import { maxOutputTokens, type ClientPlan } from './plan';

const native = `/v1beta/models/${flash}`;
const completions = '/v1/chat/completions';
/** ms after which whoever gives up a whole answer does: before the service's headers can have come. */
const givesUpMs = 20;

/**
 * Conversations of a client, begun again and again: which key a session had is remembered of 2,000, and those are all known
 * before the day from which on nothing may grow.
 */
const conversations = 40;
/** One answer of so many has more than a sentence. */
const longOneOf = 20;

/** What came of the requests of one client in one day. */
export interface ClientTally {
	/** By status; an answer that ended before its end is `cut`, one that the client gave up `cancelled`. */
	readonly ends: Map<string, number>;
	/** Texts of what was refused, the first few. */
	readonly refusals: string[];
	/** Other than a client could expect. */
	readonly strange: string[];
}

export const newTally = (): ClientTally => ({ ends: new Map(), refusals: [], strange: [] });

interface Reply {
	readonly end: string;
	readonly text: string;
}

/** One client of the gateway, which asks in its own manner and believes no answer. */
export class Client {
	private asked = 0;
	tally = newTally();

	constructor(
		private readonly rig: MonthRig,
		private readonly name: string,
		private readonly token: string,
		private readonly plan: ClientPlan,
	) {}

	/** Asks once, and reads the answer to the end; a client that works with tools takes its two steps. */
	async ask(): Promise<void> {
		const n = ++this.asked;
		const { cancelsOneOf = 0 } = this.plan;
		const isGivenUp = cancelsOneOf > 0 && n % cancelsOneOf === 0;
		const question = marked(this.name, `question ${n % conversations}${n % longOneOf === 0 ? '' : ' [short]'}`);
		switch (this.plan.manner) {
			case 'session': {
				const headers = { 'x-keypool-session': `${this.name} ${n >> 3}` };
				return this.judge(await this.read(`${native}:streamGenerateContent?alt=sse`, of(question), isGivenUp, headers));
			}
			case 'list':
				return this.judge(await this.read(`${native}:streamGenerateContent`, of(question), isGivenUp));
			case 'whole':
				return this.judge(await this.read(`${native}:generateContent`, of(question), isGivenUp));
			case 'streamed': {
				const usage = n % 2 === 0 ? { stream_options: { include_usage: true } } : {};
				const body = { ...chat([{ role: 'user', content: question }]), stream: true, ...usage };
				return this.judge(await this.read(completions, body, isGivenUp));
			}
			case 'tools':
				return this.useTools(n % conversations);
			case 'nativeTools':
				return this.useNativeTools(n % conversations);
		}
	}

	/** As clients do that know OpenAI's fields alone: the signature of the call does not come back from them. */
	private async useTools(n: number): Promise<void> {
		const user = { role: 'user', content: marked(this.name, `[call look {"n":${n}}]`) };
		const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
		const first = await this.read(completions, { ...chat([user]), tools }, false);
		this.judge(first);
		if (first.end !== '200') return;
		const id = /"id":\s*"(function-call-[^"]+)"/.exec(first.text)?.[1];
		if (id === undefined) return this.isStrange(`no call in ${first.text}`);
		const call = { id, type: 'function', function: { name: 'look', arguments: `{"n":${n}}` } };
		const messages = [
			user,
			{ role: 'assistant', tool_calls: [call] },
			{ role: 'tool', tool_call_id: id, content: `${n} [short]` },
		];
		this.judge(await this.read(completions, { ...chat(messages), tools }, false));
	}

	/** As gemini-cli does: the turn of the model goes back as it came, signature and all. */
	private async useNativeTools(n: number): Promise<void> {
		const user = { role: 'user', parts: [{ text: marked(this.name, `[call look {"n":${n}}]`) }] };
		const tools = [{ functionDeclarations: [{ name: 'look', parameters: { type: 'object' } }] }];
		const first = await this.read(`${native}:generateContent`, { contents: [user], tools }, false);
		this.judge(first);
		if (first.end !== '200') return;
		const { candidates } = JSON.parse(first.text) as { candidates: { content: object }[] };
		const result = { functionResponse: { name: 'look', response: { seen: `${n} [short]` } } };
		const contents = [user, candidates[0]?.content, { role: 'user', parts: [result] }];
		this.judge(await this.read(`${native}:generateContent`, { contents, tools }, false));
	}

	private judge({ end, text }: Reply): void {
		const { ends, refusals } = this.tally;
		ends.set(end, (ends.get(end) ?? 0) + 1);
		if (end === '200') {
			if (!/"(?:finishReason|finish_reason)":/.test(text)) this.isStrange(`ended as whole without an end: ${text}`);
			return;
		}
		if (end === 'cut') {
			if (!text.includes('"error":')) this.isStrange(`cut without a word: ${text}`);
			if (text.includes('[DONE]')) this.isStrange(`cut, and ended as whole: ${text}`);
			return;
		}
		if (end === 'cancelled') return;
		if (refusals.length < 5) refusals.push(text);
		if (end !== '429' || !this.plan.isLimited) this.isStrange(`${end}: ${text}`);
	}

	private isStrange(what: string): void {
		if (this.tally.strange.length < 5) this.tally.strange.push(`${this.name}: ${what.slice(0, 1_000)}`);
	}

	private async read(path: string, body: object, isGivenUp: boolean, headers = {}): Promise<Reply> {
		const { rig } = this;
		const leaving = new AbortController();
		const isStreamed = path.includes('stream') || 'stream' in body;
		if (isGivenUp && !isStreamed) rig.clock.after(givesUpMs, () => leaving.abort());
		const response = await rig.ask(this.token, path, body, { signal: leaving.signal, headers });
		const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
		assert.ok(reader);
		const decoder = new TextDecoder();
		let text = '';
		try {
			for (let next = await reader.read(); !next.done; next = await reader.read()) {
				text += decoder.decode(next.value, { stream: true });
				if (!isGivenUp || response.status !== 200) continue;
				await reader.cancel();
				return { end: 'cancelled', text };
			}
		} catch {
			return { end: 'cut', text };
		}
		return { end: response.status === 499 ? 'cancelled' : String(response.status), text };
	}
}

const of = (text: string): object => ({
	contents: [{ role: 'user', parts: [{ text }] }],
	generationConfig: { maxOutputTokens },
});
const chat = (messages: readonly object[]): object => ({ model: flash, messages, max_tokens: maxOutputTokens });
