/** The name of the metrics page's token in the secret storage. */
export const metricsToken = 'metrics.token';

/** Characters; fewer could be guessed. */
export const tokenLength = { min: 16, max: 512 } as const;

/** What is wrong with a new token; undefined where nothing is. The characters are those of a bearer token (RFC 6750). */
export function tokenProblem(token: string): 'length' | 'characters' | undefined {
	if (token.length < tokenLength.min || token.length > tokenLength.max) return 'length';
	return /^[\w.~+/-]+=*$/.test(token) ? undefined : 'characters';
}
