/** A browser has no sockets: nothing of a team is offered there. */
const refused = (): never => {
	throw new Error('A browser has no sockets.');
};

export const loadValkey = (): Promise<never> => Promise.reject(new Error('A browser has no sockets.'));
export const hmacSha256: (secret: string) => (text: string) => string = () => refused;
export const sha1: (text: string) => string = refused;
