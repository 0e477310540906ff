export function noted(seen: {
	readonly date: string;
	readonly commit: string;
	readonly runs: readonly { readonly seconds: number; readonly flaky: readonly string[]; readonly failed: number }[];
}): string;
export function withNote(text: string, note: string): string;
