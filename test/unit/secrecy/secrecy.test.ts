import assert from 'node:assert/strict';
import { begin, fail } from '../../../src/chat/model/answer';
import { toMarkdown } from '../../../src/chat/model/exportMarkdown';
import { answerView } from '../../../src/chat/view/projection';
import { jsonlResults } from '../../../src/editor/batch/resultFile';
import { Alerts } from '../../../src/monitoring/alerts/alerts';
import { alertSecrets } from '../../../src/monitoring/alerts/secrets';
import { readReceivers } from '../../../src/monitoring/alerts/receivers';
import { createLog, type Log } from '../../../src/monitoring/log/log';
import { logPool } from '../../../src/monitoring/log/poolLog';
import { RecentLines } from '../../../src/monitoring/log/recentLines';
import { problemReport } from '../../../src/monitoring/report/problemReport';
import type { Docs } from '../../../src/pool/pool';
import { exported } from '../../../src/views/dashboard/exports';
import { dashboardData } from '../../../src/views/dashboard/project';
import { explain } from '../../../src/views/commands/explain';
import { hoverOf } from '../../../src/views/tree/hover';
import { noticeInWords } from '../../../src/views/notices/noticeInWords';
import { createNotices } from '../../../src/views/notices/notices';
import { failureOf } from '../../../src/languageModel/failures';
import { modelEntries } from '../../../src/languageModel/models/modelEntries';
import { poolStatus } from '../../../src/languageModel/status/poolStatus';
import { statusMarkdown } from '../../../src/languageModel/status/statusMarkdown';
import { rowsOf } from '../../../src/views/shared/rows';
import { rowPresentation } from '../../../src/views/shared/rowPresentation';
import { statusOf } from '../../../src/views/statusBar/status';
import type { Sink } from '../../support/house/sinks';
import { words } from '../../support/views/snapshots';
import { World } from '../../support/whole/world';
import { formsOf, leaks, shapes, type Leak } from '../../support/secrecy/leaks';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

/** What no text of the service reaches: a person's own words, keys where they belong, what is asked of the service, and the file that runs. */
type Elsewhere = 'secretStorage' | 'dialog' | 'browser' | 'code' | 'command' | 'settings' | 'terminal';

/**
 * What reached each sink; `reason` is the dialog that quotes the service. A new sink does not compile until it is read here
 * too, or named above.
 */
type Reached = Record<Exclude<Sink, Elsewhere> | 'reason' | 'crash', string>;

/** Lets two keys meet the leak, and collects what reaches the sinks. */
async function run(
	leak: Leak,
	shape: (name: string) => string,
): Promise<{ reached: Reached; secrets: readonly string[] }> {
	const world = new World({
		seed: 1,
		keys: 2,
		shape,
		store: (clock) => new InMemoryStore(clock),
		answer: (secret) => leak.answer(secret),
	});
	const { pool, clock, masker } = world;
	const lines: string[] = [];
	const line = (text: string): void => void lines.push(text);
	const channel: Log = { trace: line, debug: line, info: line, warn: line, error: line };
	const recent = new RecentLines(clock.wall);
	const log = createLog(recent.keeping(channel), masker.mask);
	logPool(pool, clock, log);

	const posted: string[] = [];
	const mails: string[] = [];
	const told: unknown[] = [];
	const setting = <T>(value: T) => ({ value });
	const receivers = await readReceivers({
		secrets: {
			get: (name) => Promise.resolve(name === alertSecrets.signingKey ? undefined : 'https://example.com/hook'),
		},
		settings: {
			alertSmtp: setting('smtp://localhost'),
			alertMailFrom: setting(''),
			alertMailTo: setting(['a@example.com']),
		} as never,
		words,
		fetch: (url, init) => {
			posted.push(url, JSON.stringify(init));
			return Promise.resolve(new Response('ok'));
		},
		sendMail: (_, mail) => {
			mails.push(JSON.stringify(mail));
			return Promise.resolve();
		},
		learn: () => undefined,
		mask: masker.mask,
		now: clock.wall,
		newId: () => 'id',
	});
	const memory = { read: () => undefined, write: (value: unknown) => void told.push(value) };
	const interval = { value: 60_000 } as never;
	const alerts = new Alerts(receivers, { pool, clock, random: () => 0, log, memory, interval });
	const notices: string[] = [];
	const view = {
		snapshot: () => pool.snapshot(),
		nextInTurn: () => pool.nextInTurn(),
		onDidChange: (listener: () => void) => pool.onEvent((event) => event.type === 'changed' && listener()),
	};
	createNotices(view, { now: clock.wall, after: clock.after }, (seen, now) =>
		notices.push(JSON.stringify(noticeInWords(seen, words, now))),
	);

	const asked = world.ask('a question');
	await clock.until(asked.ended);
	for (const { key } of pool.snapshot().keys) await clock.until(pool.check(key.id)).catch(() => undefined);
	await clock.advance(10_000);
	const { error } = asked;
	const snapshot = pool.snapshot();
	const rows = [...rowsOf(snapshot).byId.values()];
	const answer = fail(begin(0), error?.reason ?? 'unexpected', error?.facts ?? {}, error?.attempts ?? [], clock.wall());
	const { mask } = masker;
	const facts = { snapshot, history: pool.usage(), now: clock.wall(), mask };
	const serviceMessage = error && words.describeError(error);
	const resultRow = jsonlResults.write(
		[
			{
				index: 1,
				prompt: 'a question',
				status: 'failed',
				reason: error?.reason ?? '',
				message: JSON.stringify(serviceMessage),
			},
		],
		[],
	);
	const question = { text: 'a question', origin: 'chat', attachments: [] } as const;
	const conversation = {
		id: 'c',
		turns: [{ id: 't', askedAt: 0, question, answer: { ...answer, text: asked.text } }],
		options: {},
	};
	const reached: Reached = {
		log: lines.join('\n'),
		notification: [...notices, JSON.stringify(error && words.describeError(error))].join('\n'),
		reason: snapshot.keys
			.flatMap((one) => {
				const failure = asked.attempts.findLast(({ key }) => key === one.key.id);
				return [undefined, ...one.models].map((model) => explain(one, model, failure, words, clock.wall()));
			})
			.map((explanation) => JSON.stringify(explanation))
			.join('\n'),
		tree: rows
			.flatMap((row) => [JSON.stringify(rowPresentation(row, words, clock.wall())), hoverOf(row, words, clock.wall())])
			.join('\n'),
		statusBar: JSON.stringify(statusOf(snapshot, words, clock.wall())),
		webview: [
			...[answerView(answer, words, clock.wall()), dashboardData(snapshot, pool.usage(), clock.wall(), words, mask)],
			asked.text,
		]
			.map((one) => JSON.stringify(one))
			.join('\n'),
		document: problemReport({ versions: [], settings: {}, snapshot, lines: recent.lines }, masker.mask),
		file: [...(['usage', 'requests', 'rests', 'all'] as const).map((kind) => exported(kind, facts)), resultRow].join(
			'\n',
		),
		languageModel: [
			...[asked.text, error && failureOf(error, words).text, statusMarkdown(snapshot, words, snapshot.at)],
			...[
				JSON.stringify(poolStatus(snapshot)),
				JSON.stringify(modelEntries({ models: [], configured: ['m'], snapshot, words })),
			],
		].join('\n'),
		// What can be copied is what an answer says.
		clipboard: `${asked.text}\n${toMarkdown(conversation, words.t)}`,
		memento: JSON.stringify([answer, told]),
		store: JSON.stringify(plain(world.store.replica())),
		page: await world.metrics.text(),
		mail: mails.join('\n'),
		network: posted.join('\n'),
		crash: error ? `${error.stack ?? ''}${JSON.stringify(error)}${String(error.cause)}` : '',
	};
	alerts.dispose();
	await world.end();
	return { reached, secrets: ['k0', 'k1'].map(shape) };
}

function plain({ bucket, key, model, pool, usage, requestRecord: attempts }: Docs): unknown {
	return [[...bucket], [...key], [...model], pool, [...usage], [...attempts]];
}

describe('a key that the service repeats', () => {
	before(async () => {
		await import('@google/genai/web');
	});

	for (const [n, shape] of shapes.entries()) {
		it(`reaches no sink, in whatever text it comes (shape ${n + 1})`, async function () {
			this.timeout(120_000);
			// All of them in the long run; in the short one each shape meets others.
			const some = process.env['KEYPOOL_FULL'] ? leaks : leaks.filter((_, at) => at % 6 === n);
			const met = new Map<string, number>();
			for (const leak of some) {
				const { reached, secrets } = await run(leak, shape);
				for (const [sink, text] of Object.entries(reached)) {
					for (const form of secrets.flatMap(formsOf)) {
						assert.ok(!text.includes(form), `${leak.name}: ${sink} holds ${form} in\n${text}`);
					}
					if (text.length > 2) met.set(sink, (met.get(sink) ?? 0) + 1);
					if (text.includes('‹redacted›')) met.set(`${sink} redacted`, (met.get(`${sink} redacted`) ?? 0) + 1);
				}
			}
			// The canaries really came that far.
			const always = [
				'log',
				'tree',
				'page',
				'store',
				'document',
				'crash',
				'webview',
				'languageModel',
				'notification',
				'reason',
				'memento',
				'file',
			];
			for (const sink of [...always, 'clipboard']) {
				assert.equal(met.get(sink), some.length, `something reached ${sink}`);
			}
			assert.ok((met.get('mail') ?? 0) > 0 && (met.get('network') ?? 0) > 0);
			for (const sink of ['log', 'store', 'tree', 'reason'])
				assert.ok((met.get(`${sink} redacted`) ?? 0) > 0, `${sink} redacted`);
		});
	}
});
