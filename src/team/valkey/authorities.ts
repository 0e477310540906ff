import { decodedText } from '../../common/decodedText';

/** Characters that an invitation carries. */
export const maxAuthorities = 65_536;

/**
 * The certificates in a file that a person has chosen, as PEM: all that an invitation can carry, each whole. A file of DER is one
 * certificate. Undefined where there is none: a client would find the server out of reach with it.
 */
export function authoritiesIn(file: Uint8Array): string | undefined {
	const text = decodedText(file);
	const found = text.match(/-----BEGIN CERTIFICATE-----[\w+/=\s]+-----END CERTIFICATE-----/g) ?? [];
	let kept = '';
	for (const one of found.length > 0 ? found : fromDer(file)) {
		if (kept.length + one.length < maxAuthorities) kept += `${one}\n`;
	}
	return kept === '' ? undefined : kept;
}

/** It begins with a sequence that has more than 255 bytes. */
function fromDer(file: Uint8Array): readonly string[] {
	if (file[0] !== 0x30 || file[1] !== 0x82 || file.length > maxAuthorities) return [];
	let binary = '';
	for (const byte of file) binary += String.fromCharCode(byte);
	const lines = btoa(binary).match(/.{1,64}/g) ?? [];
	return [['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n')];
}
