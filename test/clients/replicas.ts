import { Replicas } from '../support/gateway/replicas';
import { isWhole, type Client } from './table';

/** Those that try again where a connection breaks before its answer. Google's own SDK does so only where it is told to. */
export const clientsThatRetry = ['geminiCli', 'openai'];

/** Clients that ask at the same time, so that somebody waits when a replica dies. */
const many = 3;

/**
 * Plays what a client does while one of two replicas of a team's gateway dies under its request: whether each of `many` gets a
 * whole answer. The others are asked by the surviving one.
 */
export async function playReplicas(names: readonly string[], load: (name: string) => Promise<Client>): Promise<number> {
	let failed = 0;
	for (const name of names) {
		const client = await load(name);
		const replicas = await Replicas.open();
		try {
			const { balancer, first, url, token } = replicas;
			const asking = Promise.allSettled(Array.from({ length: many }, () => client.ask('plain', { url, token })));
			await balancer.waitsFor(first.url);
			await first.program.crash();
			for (const asked of await asking) {
				const isGood = asked.status === 'fulfilled' && isWhole('plain', asked.value);
				if (!isGood) failed++;
				const said = asked.status === 'fulfilled' ? asked.value : String(asked.reason);
				console.log(
					`${isGood ? 'ok  ' : 'FAIL'} ${client.name}: one replica of two dies: ${said.trim().slice(0, 300)}`,
				);
			}
		} finally {
			await replicas.close();
		}
	}
	console.log(`${names.length * many - failed} passed, ${failed} failed`);
	return failed === 0 ? 0 : 1;
}
