import { createPrivateKey, X509Certificate } from 'node:crypto';

/**
 * The names of hosts that a certificate (PEM) is for, in lower case; `*.` is any below. Undefined where it is no certificate.
 */
export function hostsInCertificate(cert: string): readonly string[] | undefined {
	try {
		const { subjectAltName = '' } = new X509Certificate(cert);
		return subjectAltName.split(', ').flatMap((entry) => {
			const [, kind, name = ''] = /^(DNS|IP Address):(.+)$/.exec(entry) ?? [];
			if (kind === undefined) return [];
			// As clients write an address, which is shorter than a certificate's.
			return [kind === 'DNS' || !name.includes(':') ? name.toLowerCase() : new URL(`http://[${name}]`).hostname];
		});
	} catch {
		return undefined;
	}
}

/** Whether a private key (PEM) is the certificate's, and can be read without a password. */
export function isKeyOf(cert: string, key: string): boolean {
	try {
		return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
	} catch {
		return false;
	}
}

/** When a certificate holds, in ms since 1970. */
export interface Lifetime {
	readonly from: number;
	readonly to: number;
}

/** Throws where the text is no certificate (PEM). */
export function lifetimeOf(cert: string): Lifetime {
	const { validFrom, validTo } = new X509Certificate(cert);
	return { from: Date.parse(validFrom), to: Date.parse(validTo) };
}
