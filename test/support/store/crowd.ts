import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { build } from 'esbuild';
import type { Bucket } from '../../../src/pool/pool';
import { createService, type Quota } from '../../../src/simulator/service';
import { seeded } from '../simulator/stand';
import { VirtualClock } from '../virtualClock';
import type { Order, Report } from './messages';

export const model = 'gemini-3.8-flash';
export const secrets = ['sim-one', 'sim-two', 'sim-three', 'sim-four'] as const;

/** ms that each window's wall clock is ahead: two minutes between the first and the second. */
const ahead = [-60_000, 60_000, 0, 25_000];
/** ms. Shorter than what the pool leaves between a window's end and its next send. */
const tickMs = 100;

/** A call as the service saw it. */
export interface Call {
	readonly key: string;
	readonly lease: string;
	/** By the monotonic clock. */
	readonly at: number;
	readonly status: number;
}

/** One window's process; it is killed and started anew under another name. */
class Member {
	child: ChildProcess | undefined;
	window = '';
	/** Settles `advanced` for the last order, or the death. */
	arrived: () => void = () => undefined;
	busy = 0;
	/** When, by the monotonic clock, it first knew of a pause. */
	pausedAt: number | undefined;
}

/** Up to four processes on one file, a service, and one virtual time for all. */
export class Crowd {
	readonly calls: Call[] = [];
	readonly troubles: string[] = [];
	/** By project: grants in the file that the service never counted, because their window died too early. */
	readonly lost = new Map<string, number>();
	kills = 0;
	readonly folder = mkdtempSync(path.join(tmpdir(), 'keypool-crowd-'));
	private readonly clock: VirtualClock;
	private readonly service;
	/** Of asking and killing alone, so that each run does the same, whatever calls come in between. */
	private readonly chance: () => number;
	private readonly members: readonly Member[];
	private readonly accepted = new Set<string>();
	private started = 0;
	private script = '';

	constructor(
		seed: number,
		start: number,
		private readonly quota: Required<Pick<Quota, 'rpm' | 'rpd'>>,
		windows = ahead.length,
	) {
		this.members = ahead.slice(0, windows).map(() => new Member());
		this.chance = seeded(seed);
		this.clock = new VirtualClock(start);
		this.service = createService({
			clock: this.clock,
			chance: seeded(seed + 1),
			window: 'sliding',
			projects: secrets.map((secret) => ({ id: `p-${secret}`, tier: 'free', quotas: { [model]: quota } })),
			keys: secrets.map((secret) => ({ secret, project: `p-${secret}` })),
		});
	}

	/** When, by the monotonic clock, each first knew of a pause. */
	get pausedAt(): readonly (number | undefined)[] {
		return this.members.map(({ pausedAt }) => pausedAt);
	}

	get elapsed(): number {
		return this.clock.monotonic();
	}

	async open(): Promise<void> {
		this.script = path.join(this.folder, 'window.cjs');
		await build({
			entryPoints: [path.resolve('test/support/store/windowProcess.ts')],
			outfile: this.script,
			bundle: true,
			platform: 'node',
			target: 'node22',
			logLevel: 'error',
		});
		await this.begin();
	}

	/** Starts all of them, one after the other: the first one's clock is everybody's. */
	async begin(): Promise<void> {
		for (const member of this.members.keys()) await this.start(member);
	}

	/** Lets time pass with so many requests a second in all, and so many kills a minute. */
	async run(ms: number, { asksPerSecond = 0, killsPerMinute = 0 } = {}): Promise<void> {
		for (const end = this.elapsed + ms; this.elapsed < end;) {
			if (this.falls((asksPerSecond * tickMs) / 1_000)) this.ask();
			await this.tick(this.falls((killsPerMinute * tickMs) / 60_000) ? this.someone() : undefined);
		}
	}

	/** Until nobody asks or waits any more. */
	async calm(): Promise<void> {
		do await this.run(1_000);
		while (this.members.some(({ busy }) => busy > 0));
	}

	/** The machine sleeps. */
	sleep(ms: number): void {
		this.clock.jump(ms);
		this.send({ is: 'slept', ms });
	}

	resume(): void {
		const [first] = this.members;
		first?.child?.send({ is: 'resume' } satisfies Order);
	}

	leak(secret: string): void {
		this.service.setFaults([{ when: 'always', kind: 'error', body: '403_leaked_key' }], secret);
	}

	/** Requests that the service counts for a project today. */
	countedSince(elapsed: number, secret: string): number {
		return this.calls.filter(({ key, status, at }) => key === secret && status === 200 && at >= elapsed).length;
	}

	/** By project and model. */
	buckets(): ReadonlyMap<string, Bucket> {
		const rows = this.read("SELECT id, body FROM doc WHERE kind = 'bucket' AND body IS NOT NULL");
		return new Map(rows.map(({ id, body }) => [String(id), JSON.parse(String(body)) as Bucket]));
	}

	/** ms since 1970 by the clock that all of them go by. */
	storeTime(): number {
		const [head] = this.read('SELECT wall, monotonic FROM head');
		return Number(head?.['wall']) + this.elapsed - Number(head?.['monotonic']);
	}

	/** `ok` where the file is sound. */
	integrity(): unknown {
		return this.read('PRAGMA integrity_check')[0]?.['integrity_check'];
	}

	async end(): Promise<void> {
		await Promise.all(this.members.map((member) => this.kill(member)));
	}

	async close(): Promise<void> {
		await this.end();
		rmSync(this.folder, { recursive: true, force: true });
	}

	private read(sql: string): readonly Record<string, unknown>[] {
		const db = new DatabaseSync(path.join(this.folder, 'ledger-1.sqlite'));
		try {
			// One that was killed in the middle of a write may leave another one to put the file right just now.
			db.exec('PRAGMA busy_timeout = 30000');
			return db.prepare(sql).all();
		} finally {
			db.close();
		}
	}

	/** Whether chance has it so; what never happens does not use chance up. */
	private falls(likelihood: number): boolean {
		return likelihood > 0 && this.chance() < likelihood;
	}

	private someone(): number {
		return Math.floor(this.chance() * this.members.length);
	}

	private ask(): void {
		const priority = this.chance() < 0.8 ? 'chat' : 'batch';
		this.members[this.someone()]?.child?.send({ is: 'ask', priority } satisfies Order);
	}

	private send(order: Order): void {
		for (const { child } of this.members) child?.send(order);
	}

	private async tick(victim: number | undefined): Promise<void> {
		await this.clock.advance(tickMs);
		const to = this.elapsed;
		const arrived = this.members.map(
			(member) =>
				new Promise<void>((resolve) => {
					member.arrived = resolve;
					member.child?.send({ is: 'advance', to } satisfies Order);
				}),
		);
		if (victim !== undefined) {
			// In the midst of whatever it does.
			await new Promise((resolve) => setTimeout(resolve, Math.floor(this.chance() * 4)));
			const member = this.members[victim];
			if (member) await this.kill(member);
			this.kills++;
		}
		await Promise.all(arrived);
		if (victim !== undefined) await this.start(victim);
	}

	private async start(index: number): Promise<void> {
		const member = this.members[index];
		if (!member) return;
		const child = fork(this.script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: ['--no-warnings'] });
		member.child = child;
		member.window = `w${++this.started}`;
		await new Promise<void>((resolve) => {
			member.arrived = resolve;
			child.on('message', (report: Report) => void this.heard(member, child, report));
			child.send({
				is: 'begin',
				folder: this.folder,
				window: member.window,
				start: this.clock.wall(),
				elapsed: this.elapsed,
				ahead: ahead[index] ?? 0,
				keys: secrets,
				model,
				limits: this.quota,
			} satisfies Order);
		});
	}

	private async kill(member: Member): Promise<void> {
		const { child } = member;
		if (!child) return;
		const gone = [new Promise((resolve) => child.once('exit', resolve))];
		// What it had sent still arrives before the channel ends.
		if (child.connected) gone.push(new Promise((resolve) => child.once('disconnect', resolve)));
		child.kill('SIGKILL');
		await Promise.all(gone);
		member.child = undefined;
		member.busy = 0;
		member.arrived();
		this.countLost(member.window);
	}

	/** Places that the dead window had taken, and that the service did not count. */
	private countLost(window: string): void {
		for (const [id, { leases }] of this.buckets()) {
			const lost = leases.filter((lease) => lease.holder.startsWith(`${window}-`) && !this.accepted.has(lease.id));
			this.lost.set(id, (this.lost.get(id) ?? 0) + lost.length);
		}
	}

	private async heard(member: Member, child: ChildProcess, report: Report): Promise<void> {
		switch (report.is) {
			case 'ready':
				member.arrived();
				break;
			case 'advanced':
				if (report.paused) member.pausedAt ??= report.to;
				member.busy = report.busy;
				member.arrived();
				break;
			case 'trouble':
				this.troubles.push(report.what);
				break;
			case 'call': {
				const { status, body } = await this.answer(report.key);
				if (status === 200) this.accepted.add(report.lease);
				this.calls.push({ key: report.key, lease: report.lease, at: report.at, status });
				if (child.connected)
					child.send({ is: 'reply', call: report.call, status, body } satisfies Order, () => undefined);
				break;
			}
		}
	}

	private async answer(secret: string): Promise<{ status: number; body: string }> {
		const response = await this.service.fetch(`https://simulator.invalid/v1beta/models/${model}:generateContent`, {
			method: 'POST',
			headers: { 'x-goog-api-key': secret, 'content-type': 'application/json' },
			body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }),
		});
		return { status: response.status, body: await response.text() };
	}
}
