/**
 * An error reported by the service: an HTTP error, or one inside a stream, with its raw body. Created where the bytes arrive,
 * because the SDK loses some of them (bodies that are not JSON, `event: error` frames, codes that are words).
 */
export class ServiceError extends Error {
	override readonly name = 'ServiceError';

	constructor(
		/** Unmasked; only for the parser. */
		body: string,
		/** Of the HTTP answer; absent for an error inside a 200. */
		readonly status?: number,
		/** ms, from the header `Retry-After` of another host than Google's. */
		readonly retryAfterMs?: number,
	) {
		super(body);
	}
}
