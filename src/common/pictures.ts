/** Pictures that the service reads (https://ai.google.dev/gemini-api/docs/image-understanding). */
export const pictureTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'] as const;

export type PictureType = (typeof pictureTypes)[number];

/** Bytes of a picture that goes along with a question. */
export const maxPictureBytes = 4 * 1024 * 1024;
