import { rm, writeFile } from 'node:fs/promises';
import { patientRename } from './patientDisk';

/**
 * Writes a file so that it is there whole or not at all: under another name first, which takes its place in one step. On a
 * full disk each failed attempt would leave that one behind.
 *
 * @param partial the other name, in the same folder; nothing may have it
 */
export async function writeWhole(file: string, partial: string, text: string, mode: number): Promise<void> {
	try {
		await writeFile(partial, text, { mode, flag: 'wx' });
		await patientRename(partial, file);
	} catch (error) {
		await rm(partial, { force: true });
		throw error;
	}
}
