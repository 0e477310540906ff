import type { Browser, Page } from 'playwright-core';
import { ChatPage, footer, turn } from '../../support/webviews/chatPage';
import { until } from '../../support/window/until';
import { buildFiles, launch } from '../../support/webviews/webviewPage';
import { sampleOf, slopeOf } from '../measure';
import type { Figure, Row, RunOptions } from '../row';

/** UTF-16 units of five tokens of code and English. */
const chunkLength = 20;
const chunksPerSecond = 200;

/** More than 10,000 tokens: prose, 3,000 lines of code, more code with strings, a table. */
function longText(): string {
	const prose = Array.from({ length: 12 }, (_, i) => `Paragraph ${i} says **something** of \`code\` and of a list:\n`);
	const lines = Array.from({ length: 3_000 }, (_, i) => `let a${i} = ${i % 7};`);
	const coloured = Array.from({ length: 500 }, (_, i) => `export const b${i} = f(${i}, "text");`);
	const rows = Array.from({ length: 20 }, (_, i) => `| row ${i} | ${i} |`);
	return `${prose.join('\n- one\n- two\n\n')}\n\`\`\`typescript\n${lines.join('\n')}\n\`\`\`\n\n\`\`\`typescript\n${coloured.join('\n')}\n\`\`\`\n\n| a | b |\n|---|---|\n${rows.join('\n')}\n\nThe end.\n`;
}

function chunksOf(text: string): readonly string[] {
	return Array.from({ length: Math.ceil(text.length / chunkLength) }, (_, i) =>
		text.slice(i * chunkLength, (i + 1) * chunkLength),
	);
}

/** Appends a chunk every 5 ms inside the page, so that the driver costs it nothing. `append` is code of a function. */
const streaming = (append: string) => `new Promise((done) => {
	const chunks = globalThis.chunks;
	const append = ${append};
	let at = 0;
	const began = performance.now();
	const timer = setInterval(() => {
		const due = Math.min(chunks.length, Math.floor((performance.now() - began) * ${chunksPerSecond / 1_000}));
		while (at < due) append(chunks[at++]);
		if (at === chunks.length) {
			clearInterval(timer);
			requestAnimationFrame(() => requestAnimationFrame(done));
		}
	}, 5);
})`;

interface Task {
	/** ms on the clock, and ms on a processor: other work on the machine adds to the first alone. */
	readonly wall: number;
	readonly thread: number;
}

/**
 * The longest task of the page's main thread while `work` goes on.
 * @throws where the trace does not reach from its beginning to its end
 */
async function longestTask(browser: Browser, page: Page, work: () => Promise<unknown>): Promise<Task> {
	await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] });
	const began = performance.now();
	await work();
	const took = performance.now() - began;
	const trace = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: readonly TraceEvent[] };
	const main = new Set(
		trace.traceEvents
			.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
			.map(({ pid, tid }) => `${pid}/${tid}`),
	);
	const tasks = trace.traceEvents.filter(
		({ name, pid, tid }) => /(^|::)RunTask$/.test(name) && main.has(`${pid}/${tid}`),
	);
	const covered = (largest(tasks.map(({ ts }) => ts)) - -largest(tasks.map(({ ts }) => -ts))) / 1_000;
	const thread = largest(tasks.map(({ tdur = 0 }) => tdur)) / 1_000;
	// The browser's buffer is bounded: what it did not keep nobody has measured.
	if (!(covered > took * 0.95 && thread > 0)) {
		throw new Error(`The trace covers ${Math.round(covered)} of ${Math.round(took)} ms.`);
	}
	return { wall: largest(tasks.map(({ dur = 0 }) => dur)) / 1_000, thread };
}

/** Of a list that may be too long to be arguments. */
function largest(values: readonly number[]): number {
	return values.reduce((most, value) => Math.max(most, value), -Infinity);
}

interface TraceEvent {
	readonly name: string;
	readonly pid: number;
	readonly tid: number;
	/** µs. */
	readonly ts: number;
	readonly dur?: number;
	readonly tdur?: number;
	readonly args?: { readonly name?: string };
}

/** Begins an answer; the returned code of a function appends to it as the host would. */
async function begun(chat: ChatPage, id: string): Promise<string> {
	await chat.state([turn(id, '', { state: 'streaming' })]);
	await chat.drawn();
	await chat.page.evaluate(`globalThis.rev = ${chat.lastRev}`);
	return `(text) => window.postMessage({ type: 'event', event: {
		type: 'update',
		rev: ++globalThis.rev,
		changes: [{ type: 'append', turn: '${id}', text }],
	} })`;
}

/** Ends the answer, and waits until all of it is drawn and coloured. */
async function ended(chat: ChatPage, id: string, chunks: readonly string[]): Promise<void> {
	chat.skip(chunks.length);
	await chat.update({ type: 'answer', turn: id, state: { state: 'done', footer } });
	await chat.answer('done').getByText('The end.').waitFor({ timeout: 60_000 });
	const plain = `[...document.querySelectorAll('.code-chunk')].some((chunk) => !chunk.querySelector('[class^=hljs]'))`;
	await until('the colours', async () => !(await chat.page.evaluate(plain)));
}

async function streamed(browser: Browser, chat: ChatPage, chunks: readonly string[]): Promise<Task> {
	await hand(chat.page, chunks);
	const append = await begun(chat, '1');
	return longestTask(browser, chat.page, async () => {
		await chat.page.evaluate(streaming(append));
		await ended(chat, '1', chunks);
	});
}

/** Before anything is measured: to parse the chunks is a long task of its own. */
async function hand(page: Page, chunks: readonly string[]): Promise<void> {
	await page.evaluate(`globalThis.chunks = ${JSON.stringify(chunks)}`);
}

async function plain(browser: Browser, chunks: readonly string[]): Promise<Task> {
	const page = await browser.newPage({ viewport: { width: 400, height: 800 } });
	await page.setContent('<pre style="height:700px;overflow:auto;white-space:pre-wrap"></pre>');
	await hand(page, chunks);
	const append = `((pre) => {
		const text = pre.appendChild(document.createTextNode(''));
		let asked = false;
		return (chunk) => {
			text.appendData(chunk);
			if (asked) return;
			asked = true;
			requestAnimationFrame(() => {
				asked = false;
				pre.scrollTop = pre.scrollHeight;
			});
		};
	})(document.querySelector('pre'))`;
	const task = await longestTask(browser, page, () => page.evaluate(streaming(append)));
	await page.close();
	return task;
}

interface Kept {
	/** KB of heap in use after a forced collection. */
	readonly heap: number;
	/** Nodes of the document that are alive. */
	readonly nodes: number;
}

/** What the page keeps after each of `count` answers, each streamed whole in a conversation of its own. */
async function keptAfterEach(chat: ChatPage, chunks: readonly string[], count: number): Promise<readonly Kept[]> {
	const session = await chat.page.context().newCDPSession(chat.page);
	await hand(chat.page, chunks);
	const kept: Kept[] = [];
	for (let n = 0; n < count; n++) {
		const id = `answer ${n}`;
		await chat.page.evaluate(`globalThis.chunks.forEach(${await begun(chat, id)})`);
		await ended(chat, id, chunks);
		await chat.drawn();
		await session.send('HeapProfiler.collectGarbage');
		const { usedSize } = await session.send('Runtime.getHeapUsage');
		const { nodes } = await session.send('Memory.getDOMCounters');
		kept.push({ heap: usedSize / 1_024, nodes });
	}
	return kept;
}

/** By how much a list of numbers grows at each step. */
function growthOf(values: readonly number[]): number {
	return slopeOf(values.map((value, n) => [n, value]));
}

const one = (of: string, unit: string, values: readonly number[], goal?: Figure['goal']): Figure => ({
	of,
	unit,
	...sampleOf(values),
	...(goal && { goal }),
});

async function run({ quick }: RunOptions): Promise<readonly Figure[]> {
	const [browser, files] = [await launch(), await buildFiles('chat')];
	try {
		const chunks = chunksOf(longText());
		const chat: Task[] = [];
		const control: Task[] = [];
		for (let n = 0; n < (quick ? 1 : 5); n++) {
			const page = await ChatPage.open(browser, files);
			await page.request('ready');
			chat.push(await streamed(browser, page, chunks));
			await page.page.close();
			control.push(await plain(browser, chunks));
		}
		const page = await ChatPage.open(browser, files);
		await page.request('ready');
		const after = (await keptAfterEach(page, chunks, quick ? 14 : 40)).slice(9);
		const heaps = after.map(({ heap }) => heap);
		const nodes = after.map(({ nodes: alive }) => alive);
		return [
			one('longest task of all answers, on a processor', 'ms', [largest(chat.map(({ thread }) => thread))], {
				atMost: 50,
			}),
			one(
				'longest task of an answer, on a processor',
				'ms',
				chat.map(({ thread }) => thread),
			),
			one(
				'longest task of an answer, by the clock',
				'ms',
				chat.map(({ wall }) => wall),
			),
			one(
				'control: plain text, on a processor',
				'ms',
				control.map(({ thread }) => thread),
			),
			one(
				'control: plain text, by the clock',
				'ms',
				control.map(({ wall }) => wall),
			),
			one('heap after each answer from the tenth', 'KB', heaps),
			one('heap an answer adds after the tenth', 'KB', [growthOf(heaps)], { atMost: 16 }),
			one('document nodes after each from the tenth', 'nodes', nodes),
			// lit-html leaves one empty comment behind for each turn that goes.
			one('nodes an answer adds after the tenth', 'nodes', [growthOf(nodes)], { atMost: 2 }),
		];
	} finally {
		await browser.close();
	}
}

export const row: Row = {
	name: 'longAnswer',
	what: `An answer of more than 10,000 tokens, 3,000 lines of code among them, drawn at ${chunksPerSecond} chunks a second: the longest task of the page’s main thread in a trace (no task of any answer may be longer than the goal), beside the same chunks appended as plain text; and what the page keeps after whole answers.`,
	run,
};
