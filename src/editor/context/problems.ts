import * as vscode from 'vscode';
import { showInformation } from '../../ui/messages';
import { contentExclusion } from '../exclusion/contentExclusion';
import { isSecretFile } from '../exclusion/secretFile';
import type { Piece } from './chatContext';
import { fileOf, maySendSecrets } from './codeSelection';

/** Problems that go along, errors first, and UTF-16 units of each. */
const maxProblems = 100;
const maxMessage = 300;

/** What the editor reports about the workspace, a line each; undefined where there is nothing to send: that was told. */
export async function problemsForChat(): Promise<Piece | undefined> {
	const found = vscode.languages
		.getDiagnostics()
		.filter(([uri]) => !isSecretFile(uri.path))
		.flatMap(([uri, problems]) => problems.map((problem) => ({ uri, problem })))
		.filter(({ problem }) => problem.severity <= vscode.DiagnosticSeverity.Warning)
		.sort((a, b) => a.problem.severity - b.problem.severity);
	if (found.length === 0) {
		void showInformation(vscode.l10n.t('The editor reports no error and no warning.'));
		return undefined;
	}
	const shown = found.slice(0, maxProblems);
	const text = shown.map(({ uri, problem }) => lineFor(uri, problem)).join('\n');
	const label =
		found.length === 1
			? vscode.l10n.t('1 problem')
			: found.length > maxProblems
				? vscode.l10n.t('{0} of {1} problems', maxProblems, found.length)
				: vscode.l10n.t('{0} problems', found.length);
	// A message can quote the code that it is about.
	const admitted = contentExclusion('', text);
	if (admitted.state === 'ask' && !(await maySendSecrets(label, admitted.sign))) return undefined;
	return { label, file: 'the problems', language: 'text', text };
}

function lineFor(uri: vscode.Uri, { range, severity, message, source }: vscode.Diagnostic): string {
	const { line, character } = range.start;
	const kind = severity === vscode.DiagnosticSeverity.Error ? 'error' : 'warning';
	const by = source === undefined ? '' : ` (${source})`;
	return `${fileOf(uri)}:${line + 1}:${character + 1} ${kind}: ${message.slice(0, maxMessage).replace(/\s+/g, ' ')}${by}`;
}
