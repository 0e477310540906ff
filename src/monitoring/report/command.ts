import { env, extensions, l10n, UIKind, version, window, workspace } from 'vscode';
import type { Masker } from '../../masking/masking';
import type { Snapshot } from '../../pool/pool';
import { showInformation } from '../../ui/messages';
import { problemReport } from './problemReport';

export interface ReportCommandOptions {
	readonly extensionId: string;
	/** Of every setting, without `keypool.`. */
	readonly settings: readonly string[];
	readonly snapshot: () => Snapshot;
	readonly lines: () => readonly string[];
	readonly mask: Masker;
}

/** Opens a report in an editor: nothing is sent, the user reads it first. */
export async function reportProblem(options: ReportCommandOptions): Promise<void> {
	const { snapshot, lines, mask, extensionId } = options;
	const content = problemReport(
		{ versions: versions(extensionId), settings: changed(options.settings), snapshot: snapshot(), lines: lines() },
		mask,
	);
	await window.showTextDocument(await workspace.openTextDocument({ language: 'markdown', content }));
	void showInformation(
		l10n.t('This is the report. Nothing was sent: read it, delete what is private, and send it yourself.'),
	);
}

function versions(id: string): readonly (readonly [string, string])[] {
	const own: unknown = extensions.getExtension(id)?.packageJSON;
	const number = typeof own === 'object' && own !== null && 'version' in own ? String(own.version) : 'unknown';
	return [
		['Keypool for Gemini', number],
		['VS Code', `${version} (${env.appName})`],
		[
			'Runs in',
			`${env.uiKind === UIKind.Web ? 'a browser' : 'the desktop'}${env.remoteName ? `, remote ${env.remoteName}` : ''}`,
		],
		[
			'System',
			typeof process === 'undefined' ? 'a browser' : `${process.platform} ${process.arch}, Node ${process.version}`,
		],
		['Language', env.language],
	];
}

function changed(names: readonly string[]): Readonly<Record<string, unknown>> {
	const configuration = workspace.getConfiguration('keypool');
	return Object.fromEntries(
		names.flatMap((name) => {
			const value = configuration.get<unknown>(name);
			const initial = configuration.inspect(name)?.defaultValue;
			return JSON.stringify(value) === JSON.stringify(initial) ? [] : [[name, value]];
		}),
	);
}
