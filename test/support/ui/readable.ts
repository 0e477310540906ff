/** Markdown of ours with its marks written out, to be compared with what it says. */
export function readable(markdown: string | undefined): string {
	return (markdown ?? '').replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
