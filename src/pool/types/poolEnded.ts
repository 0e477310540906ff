/** The reason with which `Pool.dispose` cancels calls in flight. */
export function poolEnded(): Error {
	return new Error('The pool has ended.');
}
