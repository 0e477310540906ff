import { Agent, request } from 'node:http';

/** One call, as a client of the gateway or of the service makes it. */
export interface Calling {
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** ms to the first byte of the answer's body; rejects where the answer is none. */
export function firstByte({ url, headers, body }: Calling): Promise<number> {
	return new Promise((resolve, reject) => {
		const began = performance.now();
		const call = request(url, {
			agent,
			method: 'POST',
			headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
		});
		call.once('error', reject);
		call.once('response', (response) => {
			let first: number | undefined;
			response.on('data', () => (first ??= performance.now() - began));
			response.once('error', reject);
			response.once('end', () => {
				if (response.statusCode === 200 && first !== undefined) resolve(first);
				else reject(new Error(`${url} answered ${response.statusCode}`));
			});
		});
		call.end(body);
	});
}

/** Asks on so many connections at once for `ms`; resolves to how many answers came. */
export async function asMany(calling: Calling, connections: number, ms: number): Promise<number> {
	const end = performance.now() + ms;
	let answers = 0;
	const one = async (): Promise<void> => {
		for (; performance.now() < end; answers++) await firstByte(calling);
	};
	await Promise.all(Array.from({ length: connections }, one));
	return answers;
}
