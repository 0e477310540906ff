/** Whether a secret is a simulated one that was lent: its label is the key. */
export function isDevelopmentKey(secret: string, lent: readonly string[]): boolean {
	return secret.startsWith('sim-') && lent.includes(secret);
}

/** Names that are the same each time. */
export function numbered(prefix: string): () => string {
	let n = 0;
	return () => `${prefix}-${++n}`;
}
