/** Pictures that the service reads (https://ai.google.dev/gemini-api/docs/image-understanding). */
export const pictureTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'] as const;

export type PictureType = (typeof pictureTypes)[number];

/** The type by the name that the service takes: editors and tools shorten the one of a JPEG. */
export function pictureTypeIn(mimeType: string): PictureType | undefined {
	const name = mimeType.toLowerCase().replace(/^image\/jpg$/, 'image/jpeg');
	return pictureTypes.find((type) => type === name);
}

/** By the end of a file's name. */
export function pictureTypeOf(name: string): PictureType | undefined {
	const end = name.split('.').at(-1)?.toLowerCase() ?? '';
	return pictureTypes.find((type) => type === `image/${end === 'jpg' ? 'jpeg' : end}`);
}

/** Bytes of a picture that goes along with a question. */
export const maxPictureBytes = 4 * 1024 * 1024;
