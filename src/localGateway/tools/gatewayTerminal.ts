import { ThemeIcon, window, type Terminal } from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import { ClientError, renewMs, type TokenRegistry, type TransientToken } from '../../gateway/gateway';
import type { Translate } from '../../localization/words';
import type { Clock, Dispose } from '../../pool/pool';
import { besideProxy, geminiVariables, openAiVariables } from './tools';

export interface TerminalsParts {
	readonly clock: Pick<Clock, 'after' | 'wall'>;
	readonly t: Translate;
	readonly report: (error: unknown) => void;
	/** What a terminal has of its own. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** What runs in a terminal; undefined: the person's own shell. */
	readonly shell: () => string | undefined;
}

/** ms between two checks whether a token is due: after sleep, a computer must not sit out the rest of a long timer. */
const lookMs = 2_000;
/** ms until a write that the secret storage refused is tried again. */
const retryMs = 30_000;

/** The editor tells of a terminal that it has one, and may tell nothing more. */
interface WithEnvironment {
	readonly env?: Readonly<Record<string, string | null | undefined>> | undefined;
}

/** Terminals whose tools ask the gateway. A token of each is good for as long as its terminal is open. */
export class GatewayTerminals implements Disposable {
	private readonly owned = new DisposableStore();
	private readonly open = new Map<Terminal, { readonly token: TransientToken; readonly stop: Dispose }>();

	constructor(private readonly parts: TerminalsParts) {
		this.owned.add(window.onDidCloseTerminal((terminal) => this.end(terminal)));
	}

	show(token: TransientToken, address: string): void {
		const { t, shell, environment } = this.parts;
		const shellPath = shell();
		const connection = { token: token.token, address };
		const variables = {
			...geminiVariables(connection),
			...openAiVariables(connection),
			...besideProxy(environment),
		};
		const terminal = window.createTerminal({
			name: 'Keypool',
			iconPath: new ThemeIcon('key'),
			// Not restored at the next start, when its token would no longer be good.
			isTransient: true,
			...(shellPath !== undefined && { shellPath }),
			env: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? null])),
			message: t('Tools that you start here ask Keypool’s gateway at {0}. Its token ends with this terminal.', address),
		});
		this.follow(terminal, token, renewMs);
		terminal.show();
	}

	/** Adopts the terminals that are open: they may have been opened by an extension host that has ended. */
	async adopt(tokens: Pick<TokenRegistry, 'transientOf'>): Promise<void> {
		for (const terminal of window.terminals) {
			const { env } = terminal.creationOptions as WithEnvironment;
			const secret = env?.['GEMINI_API_KEY'];
			const token = secret ? await tokens.transientOf(secret) : undefined;
			if (token && terminal.exitStatus === undefined && !this.open.has(terminal)) this.follow(terminal, token, 0);
		}
	}

	/**
	 * Their tokens are left as they are. Terminals stay open where extensions alone start anew, as after an update, and nothing
	 * tells that from a window that closes; nor does VS Code take a secret in by then.
	 */
	dispose(): void {
		for (const { stop } of this.open.values()) stop();
		this.open.clear();
		this.owned.dispose();
	}

	private follow(terminal: Terminal, token: TransientToken, firstInMs: number): void {
		this.open.set(terminal, { token, stop: this.renew(token, firstInMs) });
	}

	private end(terminal: Terminal): void {
		const held = this.open.get(terminal);
		this.open.delete(terminal);
		held?.stop();
		held?.token.end().catch(this.parts.report);
	}

	/** Renews the token until it is told to stop. */
	private renew(token: TransientToken, firstInMs: number): Dispose {
		const { clock, report } = this.parts;
		let off: () => void = () => undefined;
		let isOver = false;
		const renewIn = (ms: number): void => {
			if (isOver) return;
			const dueAt = clock.wall() + ms;
			const look = (): void => {
				off = clock.after(lookMs, () => (clock.wall() < dueAt ? look() : renew()));
			};
			look();
		};
		const renew = (): void => {
			token.renew().then(
				() => renewIn(renewMs),
				(error: unknown) => {
					// A person has revoked it.
					if (error instanceof ClientError) return;
					report(error);
					renewIn(retryMs);
				},
			);
		};
		renewIn(firstInMs);
		return () => {
			isOver = true;
			off();
		};
	}
}
