import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The files in a folder, at any depth, that hold one of `secrets`, in any form that a program would write it in. */
export function filesThatHold(folder: string, secrets: readonly string[]): readonly string[] {
	const forms = secrets.flatMap(formsOf);
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.join(entry.parentPath, entry.name))
		.filter((file) => {
			const bytes = readFileSync(file);
			return forms.some((form) => bytes.includes(form));
		});
}

/** As it is, in UTF-16 of either byte order, and in base64 at each of the three places where it can begin in a longer text. */
function formsOf(secret: string): readonly Buffer[] {
	const utf16 = Buffer.from(secret, 'utf16le');
	const base64 = [0, 1, 2].map((before) => {
		const whole = Buffer.from('x'.repeat(before) + secret).toString('base64');
		// The first and the last characters depend on what stands around the secret.
		return Buffer.from(whole.slice(before === 0 ? 0 : 4, Math.floor(whole.replace(/=+$/, '').length / 4) * 4 - 4));
	});
	return [Buffer.from(secret), utf16, Buffer.from(utf16).swap16(), ...base64];
}
