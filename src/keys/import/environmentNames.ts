/** The variables that the environment is asked for, in the order of their keys. */
export const environmentNames = ['GEMINI_API_KEYS', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'] as const;

/** Empty where the host has none, as in a browser. */
export function environmentOfHost(): Readonly<Record<string, string | undefined>> {
	return typeof process === 'undefined' ? {} : process.env;
}
