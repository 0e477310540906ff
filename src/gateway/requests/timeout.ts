/** ms in which the client wants the whole answer, where it states them: Google's SDK does, in seconds, if it has a timeout. */
export function timeoutIn(headers: Headers): number | undefined {
	const seconds = Number(headers.get('x-server-timeout') ?? NaN);
	return seconds > 0 && Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
