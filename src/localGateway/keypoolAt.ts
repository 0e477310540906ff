/** ms. */
const timeoutMs = 2_000;

/** Whether a gateway of Keypool's has this port of this computer: its refusal of a request without a token has a reason of its own. */
export async function isKeypoolAt(port: number, fetch: typeof globalThis.fetch): Promise<boolean> {
	try {
		const signal = AbortSignal.timeout(timeoutMs);
		const answer = await fetch(`http://127.0.0.1:${port}/keypool/status`, { signal, redirect: 'error' });
		const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = answer.body?.getReader();
		// A refusal comes in one piece; of anything else the rest does not matter.
		const first = await reader?.read();
		await reader?.cancel();
		return answer.status === 401 && new TextDecoder().decode(first?.value).includes('KEYPOOL_');
	} catch {
		return false;
	}
}
