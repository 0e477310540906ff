import type { RefusedText } from '../keys/import/parseKeys';

/** Why a piece of the environment is no key, in a few words. */
export function describeRefused(refused: RefusedText): string {
	switch (refused.reason) {
		case 'otherService':
			return `it belongs to ${refused.service}`;
		case 'gatewayToken':
			return 'it is a token of a gateway';
		case 'severalInOne':
			return 'several keys run together';
		case 'tooShort':
		case 'tooLong':
			return refused.reason === 'tooShort' ? 'too short' : 'too long';
		default:
			return 'it has characters that no key has';
	}
}
