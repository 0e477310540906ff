import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** Texts that only who has the secret can read or make. `purpose` keeps what one secret seals for one use from another. */
export function sealWith(secret: string, purpose: string) {
	const key = Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
	return {
		close(text: string): string {
			const iv = randomBytes(ivBytes);
			const cipher = createCipheriv(algorithm, key, iv);
			const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
			return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
		},
		/** Undefined for what another secret has sealed, or nobody. */
		open(sealed: string): string | undefined {
			try {
				const bytes = Buffer.from(sealed, 'base64url');
				const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
				decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
				return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8');
			} catch {
				return undefined;
			}
		},
	};
}
