/**
 * The service's own "no": an HTTP error or an error inside a stream, with its body as it came. Made where the bytes
 * arrive, because the SDK loses some of them (a body that is not JSON, `event: error` frames, codes that are words).
 */
export class ServiceError extends Error {
	override readonly name = 'Refusal';

	constructor(
		/** Unmasked: for the parser alone. */
		body: string,
		/** Of the HTTP answer; absent for an error inside a 200. */
		readonly status?: number,
		/** ms, from the header `Retry-After` of another host than Google's. */
		readonly retryAfterMs?: number,
	) {
		super(body);
	}
}
