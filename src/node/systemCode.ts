/** What the system says of a call that failed, such as `ENOENT`; undefined where it says nothing. */
export function systemCode(error: unknown): unknown {
	return error instanceof Error && 'code' in error ? error.code : undefined;
}
