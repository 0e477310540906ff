/** The variables that may hold keys, in the order in which the keys are added. */
export const environmentNames = ['GEMINI_API_KEYS', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'] as const;

/** Empty in a browser. */
export function environmentOfHost(): Readonly<Record<string, string | undefined>> {
	return typeof process === 'undefined' ? {} : process.env;
}
