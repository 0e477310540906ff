import { X509Certificate } from 'node:crypto';

/**
 * The names of hosts that a certificate (PEM) is for, in lower case; `*.` is any below. Undefined where it is no certificate.
 */
export function hostsInCertificate(cert: string): readonly string[] | undefined {
	try {
		const { subjectAltName = '' } = new X509Certificate(cert);
		return subjectAltName.split(', ').flatMap((entry) => {
			const [, kind, name = ''] = /^(DNS|IP Address):(.+)$/.exec(entry) ?? [];
			if (kind === undefined) return [];
			return [(kind === 'DNS' || !name.includes(':') ? name : `[${name}]`).toLowerCase()];
		});
	} catch {
		return undefined;
	}
}
