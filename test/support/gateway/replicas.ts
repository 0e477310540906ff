import path from 'node:path';
import type { GatewayStatus } from '../../../src/gateway/gateway';
import type { Program } from '../program';
import { Balancer } from './balancer';
import { HeadlessProgram } from './headlessProgram';

interface Replica {
	readonly program: Program;
	readonly url: string;
}

/** Two replicas of a team's gateway over one store, behind a balancer, with a token for one colleague. */
export class Replicas {
	private constructor(
		readonly headless: HeadlessProgram,
		readonly token: string,
		readonly first: Replica,
		readonly second: Replica,
		readonly balancer: Balancer,
	) {}

	/** @param invitation to a team's server: each replica then has a folder of its own, as on machines apart */
	static async open(invitation?: string): Promise<Replicas> {
		// Each answer takes long enough for somebody to die in it.
		const slow = { when: 'always', kind: 'latency', beforeHeaders: 400 } as const;
		const headless = await HeadlessProgram.create({ a: [slow], b: [slow] });
		if (invitation !== undefined) headless.environment['KEYPOOL_TEAM'] = invitation;
		const token = await headless.say(
			'token',
			'add',
			'ann',
			'--owner',
			'Ann',
			'--keys',
			'any',
			'--requests-per-day',
			'1000',
		);
		const balancer = await Balancer.open();
		const args = ['--listen', '127.0.0.1', '--behind-proxy', balancer.host, '--drain-delay', '600'];
		const elsewhere = invitation === undefined ? [] : ['--data', path.join(headless.folder, 'elsewhere')];
		const [first, second] = [await headless.start(...args), await headless.start(...args, ...elsewhere)];
		balancer.replicas = [first.url, second.url];
		return new Replicas(headless, token, first, second, balancer);
	}

	get url(): string {
		return `http://${this.balancer.host}`;
	}

	/** How the colleague stands, as this replica tells it. */
	async statusAt({ url }: Replica): Promise<GatewayStatus> {
		const answer = await fetch(`${url}/keypool/status`, { headers: { 'x-goog-api-key': this.token } });
		return (await answer.json()) as GatewayStatus;
	}

	async close(): Promise<void> {
		await this.balancer.close();
		await Promise.all([this.first, this.second].map(({ program }) => program.crash()));
		await this.headless.dispose();
	}
}
