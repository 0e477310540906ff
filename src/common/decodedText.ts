/** At the begin of a table, it lets a spreadsheet know UTF-8; without it, it takes the bytes of “Khóa 1” for other letters. */
export const byteOrderMark = '\ufeff';

/** The text of a file: UTF-16 if it has that byte-order mark, as Windows PowerShell writes, else UTF-8. */
export function decodedText(bytes: Uint8Array): string {
	return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/** The same; undefined where the bytes are in another encoding, or no text: part of it would read as something else. */
export function strictText(bytes: Uint8Array): string | undefined {
	try {
		const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
		return text.includes('\0') ? undefined : text;
	} catch {
		return undefined;
	}
}

/** A percent-encoded text, decoded; unchanged if one of its percent signs encodes nothing. */
export function uriDecoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** Whether the text begins with a byte-order mark, as spreadsheets write and want it. */
export function hasByteOrderMark(bytes: Uint8Array): boolean {
	const [first, second, third] = bytes;
	return encodingOf(bytes) !== 'utf-8' || (first === 0xef && second === 0xbb && third === 0xbf);
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
	if (first === 0xff && second === 0xfe) return 'utf-16le';
	return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
