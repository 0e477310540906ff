import { env } from 'vscode';
import type { IssuedToken } from '../../gateway/gateway';
import type { Translate } from '../../localization/words';
import { showInformation, showWarning, tellInDialog } from '../../ui/messages';
import { withProgress } from '../../ui/progress';
import { pickOne } from '../../ui/quickPick';
import type { ShellKind } from '../toolPlace';
import { pinIn, type PinState } from './geminiCliPin';
import { tools, type Connection, type Tool } from './tools';
import { tryPrompt, type TryOutcome } from './tryPrompt';

/** gemini-cli's own settings. */
export interface ToolSettings {
	readonly file: string;
	read(): Promise<string | undefined>;
	write(text: string): Promise<void>;
}

export interface ConnectParts {
	readonly t: Translate;
	readonly geminiCli: ToolSettings;
	/** What runs in the person's terminals. */
	readonly shell: ShellKind;
	readonly address: () => string;
	readonly model: () => string;
	/** Makes a token for a tool of that name. */
	readonly issue: (name: string) => Promise<IssuedToken>;
}

/** Asks for a tool, makes a token for it, and shows once what the tool needs. */
export async function connectTool(parts: ConnectParts): Promise<void> {
	const { t, address, model, shell } = parts;
	const chosen = await pickOne(
		tools.map((tool) => ({ label: tool.label, icon: tool.icon, tool })),
		{ title: t('Connect a Tool'), placeHolder: t('Which tool should use the gateway?') },
	);
	if (!chosen) return;
	const { tool } = chosen;
	if (tool.id === 'gemini-cli') await checkPin(parts);
	const { token, client } = await parts.issue(tool.id);
	const connection: Connection = { token, address: address(), model: model(), shell };
	const text = tool.text(connection);
	await env.clipboard.writeText(text);
	const detail = [t('This is shown only now:'), '', text, '', tool.steps(t)].join('\n');
	const [copyToken, tryIt] = [t('Copy Token'), t('Try It')];
	let said = t('{0} has a token of its own now, named {1}. What it needs was copied.', tool.label, client.name);
	for (;;) {
		// The first button is what Enter does: to copy only the token would replace what was copied.
		const pressed = await tellInDialog(said, detail, t('Done'), tryIt, copyToken);
		if (pressed === undefined) return;
		if (pressed === copyToken) {
			await env.clipboard.writeText(token);
			said = t('The token alone was copied.');
		} else {
			const outcome = await tryOut(tool, connection, parts);
			if (outcome) said = describeOutcome(outcome, t);
		}
	}
}

/** Offers to set what gemini-cli needs beside its environment. Where that fails, the token is good all the same. */
export async function checkPin({ t, geminiCli }: Pick<ConnectParts, 't' | 'geminiCli'>): Promise<void> {
	const pin = await pinOf(geminiCli);
	if (pin === undefined) {
		void showWarning(
			t(
				'{0} cannot be read. Make sure that you may read it, and that its drive is there; then try again.',
				geminiCli.file,
			),
		);
		return;
	}
	if (pin.state === 'set') return;
	if (pin.state === 'unreadable') {
		void showWarning(
			t(
				'gemini-cli needs "selectedType": "gemini-api-key" under security.auth in {0}. Keypool does not change that file, because it holds more than plain JSON.',
				geminiCli.file,
			),
		);
		return;
	}
	const set = t('Set It');
	const pressed = await tellInDialog(
		t('Let gemini-cli sign in with a key?'),
		t(
			'At any address but Google’s, gemini-cli exits with code 41 unless security.auth.selectedType is “gemini-api-key” in {0}. Keypool sets that alone. gemini-cli then signs in with a key everywhere.',
			geminiCli.file,
		),
		t('Leave It'),
		set,
	);
	if (pressed !== set) return;
	// Read again, because gemini-cli may have changed it meanwhile.
	const then = await pinOf(geminiCli);
	if (then?.state !== 'missing' && then?.state !== 'set') return checkPin({ t, geminiCli });
	try {
		if (then.state === 'missing') await geminiCli.write(then.text);
		void showInformation(t('gemini-cli signs in with a key from now on.'));
	} catch {
		void showWarning(
			t(
				'{0} cannot be written. Make sure that there is room, that you may write there, and that no other program has it open; then try again.',
				geminiCli.file,
			),
		);
	}
}

/** Undefined where the file cannot be read: it may be that of an administrator, who ran gemini-cli once. */
async function pinOf(geminiCli: ToolSettings): Promise<PinState | undefined> {
	try {
		return pinIn(await geminiCli.read());
	} catch {
		return undefined;
	}
}

/** Undefined where the person has stopped it. */
function tryOut(tool: Tool, connection: Connection, { t }: ConnectParts): Promise<TryOutcome | undefined> {
	return withProgress(t('Asking through the gateway'), async (_, signal) => {
		const outcome = await tryPrompt(connection, tool.dialect, globalThis.fetch, signal);
		return signal.aborted ? undefined : outcome;
	});
}

function describeOutcome(outcome: TryOutcome, t: Translate): string {
	switch (outcome.state) {
		case 'answered':
			return t('It works. The answer: {0}', outcome.text);
		case 'refused':
			return t('The gateway refused: {0}', outcome.message);
		case 'notReached':
			return t('The gateway did not answer. See the Gateway view and Keypool’s log for the reason.');
	}
}
