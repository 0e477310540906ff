import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Files of a certificate, and of the authority that has signed it. */
export interface Certificates {
	/** As PEM. */
	readonly authority: string;
	readonly authorityFile: string;
	readonly certificateFile: string;
	readonly keyFile: string;
}

/** A certificate for `localhost`, by an authority that nobody knows. */
export function makeCertificates(folder: string, name: string): Certificates {
	const file = (of: string): string => path.join(folder, `${name}-${of}.pem`);
	const [authorityFile, certificateFile, keyFile] = [file('authority'), file('certificate'), file('key')];
	const make = (...more: readonly string[]): void => {
		const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
		execFileSync('openssl', ['req', ...kind, ...more], { stdio: 'pipe' });
	};
	make('-subj', `/CN=${name}`, '-keyout', file('authority-key'), '-out', authorityFile);
	make(
		...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=CA:FALSE'],
		...['-CA', authorityFile, '-CAkey', file('authority-key'), '-keyout', keyFile, '-out', certificateFile],
	);
	return { authority: readFileSync(authorityFile, 'utf8'), authorityFile, certificateFile, keyFile };
}
