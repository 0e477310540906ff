/** Tells texts apart where nothing but a count or a preference depends on it: two can share one, and no secret is kept by it. */
export function fastDigest(text: string): string {
	let [high, low] = [0xdeadbeef, 0x41c6ce57];
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		high = Math.imul(high ^ code, 2_654_435_761);
		low = Math.imul(low ^ code, 1_597_334_677);
	}
	high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
	return `${(high >>> 0).toString(36)}-${(low >>> 0).toString(36)}-${text.length}`;
}
