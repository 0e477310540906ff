import { base64 } from '../../../common/base64';
import { maxPictureBytes, pictureTypeOf, pictureTypes, type PictureType } from '../../../common/pictures';

interface ReadPicture {
	readonly label: string;
	readonly mimeType: PictureType;
	/** base64 without a prefix. */
	readonly data: string;
}

/** A pasted or dropped file as it goes along; undefined where it is no picture that the service reads, or too large. */
async function readPicture(file: File): Promise<ReadPicture | undefined> {
	// A browser knows few types by the name of a file: of a HEIC, on most systems, none.
	const mimeType = file.type === '' ? pictureTypeOf(file.name) : pictureTypes.find((type) => type === file.type);
	if (mimeType === undefined || file.size > maxPictureBytes || file.size === 0) {
		return undefined;
	}
	// It may not be read, or is gone since it was dropped.
	const bytes = await file.arrayBuffer().catch(() => undefined);
	return bytes && { label: file.name.slice(-200), mimeType, data: base64(new Uint8Array(bytes)) };
}

/** Names that are told: those of a whole folder would leave no room for the input box. */
const maxNames = 5;

/**
 * Attaches those of the files that are such pictures; resolves to the names of the others, of many to the first.
 * @param attach resolves to false where it is not taken, which was told: no more are read or named then
 */
export async function attachAll(
	files: readonly File[],
	attach: (picture: ReadPicture) => Promise<boolean>,
): Promise<readonly string[]> {
	const refused: string[] = [];
	for (const file of files) {
		const picture = await readPicture(file);
		if (!picture) refused.push(file.name);
		else if (!(await attach(picture))) return [];
	}
	return refused.length > maxNames ? [...refused.slice(0, maxNames), '…'] : refused;
}
