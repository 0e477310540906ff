import { systemCode } from './systemCode';

export interface MailServer {
	readonly host: string;
	readonly port: number;
	readonly encryption: 'tls' | 'startTls' | 'plain';
	readonly user?: string;
	readonly password?: string;
}

export interface Mail {
	readonly from: string;
	readonly to: readonly string[];
	readonly subject: string;
	readonly text: string;
}

export type MailReason = 'unreachable' | 'refused' | 'serverTrouble' | 'noEncryption' | 'notTrusted' | 'signIn';

export class MailError extends Error {
	override readonly name = 'MailError';

	constructor(
		readonly reason: MailReason,
		message: string,
		options?: ErrorOptions,
		/** Those who have not got it, where others have. */
		readonly missed: readonly string[] = [],
	) {
		super(message, options);
	}
}

/** ms. */
const timeoutMs = 10_000;
/** ms of silence once it has greeted: it looks for viruses before it says that it takes a message. */
const silenceMs = 100_000;

/**
 * Sends one mail and closes the connection. Sends nothing without encryption unless `plain` asks for that. Rejects with
 * `MailError`, also when `signal` is aborted, or when the server refuses some of the receivers.
 *
 * @param trusted certificates, in PEM, to trust beside the machine's own
 */
export async function sendMail(server: MailServer, mail: Mail, signal: AbortSignal, trusted?: string): Promise<void> {
	const { createTransport } = await import('nodemailer');
	const { host, port, encryption, user, password } = server;
	const transport = createTransport({
		host,
		port,
		secure: encryption === 'tls',
		...(encryption === 'startTls' ? { requireTLS: true } : {}),
		...(encryption === 'plain' ? { ignoreTLS: true } : {}),
		...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
		...(trusted === undefined ? {} : { tls: { ca: trusted } }),
		connectionTimeout: timeoutMs,
		greetingTimeout: timeoutMs,
		socketTimeout: silenceMs,
		dnsTimeout: timeoutMs,
		disableFileAccess: true,
		disableUrlAccess: true,
	});
	try {
		const { rejected, rejectedErrors = [] } = await transport.sendMail({ ...mail, to: [...mail.to], signal });
		if (rejected.length > 0) throw refusedFor(rejected, rejectedErrors);
	} catch (cause) {
		if (cause instanceof MailError) throw cause;
		throw new MailError(reasonOf(cause), cause instanceof Error ? cause.message : String(cause), { cause });
	} finally {
		transport.close();
	}
}

/** Some may be taken later: those are worth another try, whatever the others are. */
function refusedFor(missed: readonly string[], errors: readonly Error[]): MailError {
	const reasons = errors.map(reasonOf);
	const reason = reasons.includes('serverTrouble') ? 'serverTrouble' : 'refused';
	return new MailError(reason, errors.map(({ message }) => message).join('; '), { cause: errors[0] }, missed);
}

function reasonOf(error: unknown): MailReason {
	const code = systemCode(error);
	const response = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0;
	// A server that lets nobody in for a while says nothing of the password.
	if ((code === 'EAUTH' || code === 'ENOAUTH') && !isTemporary(response)) return 'signIn';
	// Node's code for a bad certificate is lost here, but all of Node's messages about one contain the word.
	if (code === 'ESOCKET' && error instanceof Error && error.message.includes('certificate')) return 'notTrusted';
	if (code === 'ETLS' || code === 'EREQUIRETLS') return 'noEncryption';
	if (response >= 500) return 'refused';
	if (isTemporary(response)) return 'serverTrouble';
	return code === 'EENVELOPE' || code === 'EMESSAGE' ? 'refused' : 'unreachable';
}

function isTemporary(response: number): boolean {
	return response >= 400 && response < 500;
}
