/** The text of a file: UTF-16 if it has that byte-order mark, as Windows PowerShell writes, else UTF-8. */
export function decodedText(bytes: Uint8Array): string {
	const utf16 =
		bytes[0] === 0xff && bytes[1] === 0xfe
			? 'utf-16le'
			: bytes[0] === 0xfe && bytes[1] === 0xff
				? 'utf-16be'
				: undefined;
	return new TextDecoder(utf16 ?? 'utf-8').decode(bytes);
}
