/** Why calls are cancelled that were under way when the pool was disposed of. */
export function poolEnded(): Error {
	return new Error('The pool has ended.');
}
