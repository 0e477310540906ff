/** Bytes that become characters at once: more would be too many arguments. */
const blockSize = 0x8000;

export function base64(bytes: Uint8Array): string {
	let text = '';
	for (let at = 0; at < bytes.length; at += blockSize) {
		text += String.fromCharCode(...bytes.subarray(at, at + blockSize));
	}
	return btoa(text);
}
