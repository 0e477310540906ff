import { pictureTypeIn, pictureTypes } from '../../common/pictures';

/** What a model takes, by its name: the service's list does not tell. */
export interface Abilities {
	readonly takesImages: boolean;
	readonly callsFunctions: boolean;
	/** Whether data of this type can go to the model as it is. */
	readonly takes: (mimeType: string) => boolean;
}

const images = new RegExp(`^(?:${pictureTypes.join('|')})$`);
const documents = /^application\/pdf$/;
const sounds = /^audio\/(?:wav|x-wav|mp3|mpeg|aiff|aac|ogg|flac|mp4|m4a|webm)$/;
const films = /^video\/(?:mp4|mpeg|mov|quicktime|avi|x-flv|mpg|webm|wmv|3gpp)$/;

/** Every Gemini model takes all of them; of Gemma those that are not tiny take images, and those from 4 on call functions. */
export function abilitiesOf(model: string): Abilities {
	const isGemma = model.startsWith('gemma');
	const [, generation = '0'] = /^gemma-(\d+)/.exec(model) ?? [];
	const takesImages = !isGemma || !/-(?:1b|270m)(?:-|$)/.test(model);
	const types = isGemma ? [images] : [images, documents, sounds, films];
	return {
		takesImages,
		callsFunctions: !isGemma || Number(generation) >= 4,
		takes: (mimeType) => types.some((known) => known.test(mimeType)) && (takesImages || !images.test(mimeType)),
	};
}

/** A type as the service names it: without parameters, such as the codec that a browser writes behind it. */
export function plainType(mimeType: string): string {
	const [type = ''] = mimeType.toLowerCase().split(';');
	return pictureTypeIn(type.trim()) ?? type.trim();
}

/** Whether data is text, which every model reads. Markers that editors leave for themselves are none. */
export function isTextual(mimeType: string): boolean {
	return /^(?:text\/[^\s/]+|image\/svg\+xml|application\/(?:[\w.-]+\+)?(?:json|xml|yaml|x-yaml|javascript|typescript|sql|toml))$/.test(
		mimeType,
	);
}

/** Whether data is a file that some model takes. */
export function isFile(mimeType: string): boolean {
	return /^(?:image|audio|video)\/|^application\/pdf$/.test(mimeType);
}
