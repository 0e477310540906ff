import type { Body } from './body';

/** What is read of an answer: a `Response` has it. */
export type Answer = Pick<Response, 'status' | 'ok' | 'headers'> &
	Partial<Pick<Response, 'redirected' | 'type'>> & { readonly body: Body | null };

/** What calls go out with: `fetch` is one. */
export type Send = (...call: Parameters<typeof globalThis.fetch>) => Promise<Answer>;
