import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A real SMTP server on the loopback. */
export class MailServer {
	readonly messages: string[] = [];
	readonly receivers: string[] = [];
	readonly signedIn: string[] = [];
	/** Whether the session was encrypted, for each message. */
	readonly secure: boolean[] = [];
	private readonly server: SMTPServer;

	constructor(options: SMTPServerOptions) {
		this.server = new SMTPServer({
			authOptional: true,
			disableReverseLookup: true,
			disabledCommands: ['PROXY'],
			onAuth: ({ username = '', password = '' }, _, done) => {
				if (password === 'right') {
					this.signedIn.push(username);
					done(null, { user: username });
				} else done(new Error('Invalid username or password'));
			},
			onData: (stream, session, done) => {
				let text = '';
				stream.setEncoding('utf8').on('data', (piece: string) => (text += piece));
				stream.on('end', () => {
					this.messages.push(text);
					this.secure.push(session.secure);
					this.receivers.push(...session.envelope.rcptTo.map(({ address }) => address));
					done();
				});
			},
			...options,
		});
		// A client that goes away in the middle is no news.
		this.server.on('error', () => undefined);
	}

	async start(): Promise<number> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		return (this.server.server.address() as AddressInfo).port;
	}

	stop(): Promise<void> {
		return new Promise((resolve) => this.server.close(resolve));
	}
}
