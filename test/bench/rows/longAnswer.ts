import type { Browser, Page } from 'playwright-core';
import { ChatPage, buildFiles, footer, launch, turn } from '../../window/chatPage';
import { sampleOf } from '../measure';
import type { Figure, Row, RunOptions } from '../row';

/** UTF-16 units of five tokens of code and English. */
const chunkLength = 20;
const chunksPerSecond = 200;

/** About 10,000 tokens: prose, 3,000 lines of code, a table. */
function longText(): string {
	const prose = Array.from({ length: 12 }, (_, i) => `Paragraph ${i} says **something** of \`code\` and of a list:\n`);
	const lines = Array.from({ length: 3_000 }, (_, i) => `let a${i} = ${i % 7};`);
	const rows = Array.from({ length: 20 }, (_, i) => `| row ${i} | ${i} |`);
	return `${prose.join('\n- one\n- two\n\n')}\n\`\`\`typescript\n${lines.join('\n')}\n\`\`\`\n\n| a | b |\n|---|---|\n${rows.join('\n')}\n\nThe end.\n`;
}

function chunksOf(text: string): readonly string[] {
	return Array.from({ length: Math.ceil(text.length / chunkLength) }, (_, i) =>
		text.slice(i * chunkLength, (i + 1) * chunkLength),
	);
}

/** Appends a chunk every 5 ms inside the page, so that the driver costs it nothing. */
const streaming = (chunks: readonly string[], append: string) => `new Promise((done) => {
	const chunks = ${JSON.stringify(chunks)};
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

/** The longest task of the page's main thread while `work` goes on. */
async function longestTask(browser: Browser, page: Page, work: () => Promise<unknown>): Promise<Task> {
	await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] });
	await work();
	const trace = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: readonly TraceEvent[] };
	const main = new Set(
		trace.traceEvents
			.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
			.map(({ pid, tid }) => `${pid}/${tid}`),
	);
	const tasks = trace.traceEvents.filter(
		({ name, pid, tid }) => /(^|::)RunTask$/.test(name) && main.has(`${pid}/${tid}`),
	);
	return {
		wall: Math.max(...tasks.map(({ dur = 0 }) => dur)) / 1_000,
		thread: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000,
	};
}

interface TraceEvent {
	readonly name: string;
	readonly pid: number;
	readonly tid: number;
	/** µs. */
	readonly dur?: number;
	readonly tdur?: number;
	readonly args?: { readonly name?: string };
}

async function streamed(browser: Browser, chat: ChatPage, chunks: readonly string[]): Promise<Task> {
	await chat.state([turn('1', '', { is: 'streaming' })]);
	await chat.drawn();
	const append = `(text) => window.postMessage({ type: 'event', event: {
		type: 'update',
		rev: globalThis.rev = (globalThis.rev ?? ${chat.lastRev}) + 1,
		changes: [{ type: 'append', turn: '1', text }],
	} })`;
	return longestTask(browser, chat.page, async () => {
		await chat.page.evaluate(`globalThis.rev = undefined; ${streaming(chunks, append)}`);
		chat.tell(chunks.length);
		await chat.update({ type: 'answer', turn: '1', state: { is: 'done', footer } });
		await chat.answer('done').getByText('The end.').waitFor({ timeout: 60_000 });
	});
}

async function plain(browser: Browser, chunks: readonly string[]): Promise<Task> {
	const page = await browser.newPage({ viewport: { width: 400, height: 800 } });
	await page.setContent('<pre style="height:700px;overflow:auto;white-space:pre-wrap"></pre>');
	const append = `((pre) => (pre.append(''), (text) => (pre.firstChild.appendData(text), pre.scrollTop = pre.scrollHeight)))(document.querySelector('pre'))`;
	const task = await longestTask(browser, page, () => page.evaluate(streaming(chunks, append)));
	await page.close();
	return task;
}

/** Heap after a forced collection, in KB, after each of `count` whole answers. */
async function heapAfterEach(chat: ChatPage, text: string, count: number): Promise<readonly number[]> {
	const session = await chat.page.context().newCDPSession(chat.page);
	const heaps: number[] = [];
	for (let n = 0; n < count; n++) {
		await chat.state([turn(`answer ${n}`, text)]);
		await chat.page.getByText('The end.').waitFor({ timeout: 60_000 });
		await chat.drawn();
		await session.send('HeapProfiler.collectGarbage');
		heaps.push((await session.send('Runtime.getHeapUsage')).usedSize / 1_024);
	}
	return heaps;
}

const one = (of: string, unit: string, values: readonly number[], goal?: Figure['goal']): Figure => ({
	of,
	unit,
	...sampleOf(values),
	...(goal && { goal }),
});

async function run({ quick }: RunOptions): Promise<readonly Figure[]> {
	const [browser, files] = [await launch(), await buildFiles()];
	try {
		const text = longText();
		const chunks = chunksOf(text);
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
		const heaps = await heapAfterEach(page, text, quick ? 14 : 30);
		const after = heaps.slice(9);
		const perAnswer = ((after.at(-1) ?? 0) - (after[0] ?? 0)) / Math.max(1, after.length - 1);
		return [
			one(
				'longest task, on a processor',
				'ms',
				chat.map(({ thread }) => thread),
				{ atMost: 50 },
			),
			one(
				'longest task, by the clock',
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
			one('heap after each answer from the tenth', 'KB', after),
			one('heap an answer adds after the tenth', 'KB', [perAnswer], { atMost: 16 }),
		];
	} finally {
		await browser.close();
	}
}

export const row: Row = {
	name: 'longAnswer',
	what: `An answer of 10,000 tokens, 3,000 lines of code among them, drawn at ${chunksPerSecond} chunks a second: the longest task of the page’s main thread in a trace, beside the same chunks appended as plain text; and the heap after whole answers.`,
	run,
};
