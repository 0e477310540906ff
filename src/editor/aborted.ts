/** Resolves once the signal is aborted, to nothing. */
export function aborted(signal: AbortSignal): Promise<undefined> {
	return new Promise((resolve) => {
		const end = (): void => resolve(undefined);
		if (signal.aborted) end();
		signal.addEventListener('abort', end, { once: true });
	});
}
