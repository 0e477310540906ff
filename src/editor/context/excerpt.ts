import * as vscode from 'vscode';
import { aborted } from '../../ui/patiently';
import { innermost } from './innermost';

/** The part of a document that a command is about. */
export interface Excerpt {
	readonly kind: 'selection' | 'symbol' | 'visible';
	readonly range: vscode.Range;
	/** The symbol's name. */
	readonly name?: string;
}

/** ms. A language server that reads a large project, or hangs, says nothing for minutes. */
const symbolsMs = 3_000;

/**
 * The selection; without one the symbol at the cursor; without that the visible lines.
 * @param at a place that is meant, wherever the cursor is
 */
export async function excerptOf(editor: vscode.TextEditor, at?: vscode.Range): Promise<Excerpt> {
	const { document, selection } = editor;
	if (!selection.isEmpty && (!at || selection.intersection(at))) {
		return { kind: 'selection', range: selection };
	}
	const symbol = innermost(await symbolsOf(document), at?.start ?? selection.active);
	if (symbol) {
		return { kind: 'symbol', range: symbol.range, name: symbol.name };
	}
	// Folded code lies between the ranges: it belongs to what is seen.
	const [first, ...rest] = editor.visibleRanges;
	const seen = rest.reduce((all, range) => all.union(range), first ?? document.lineAt(selection.active).range);
	return { kind: 'visible', range: document.validateRange(seen) };
}

/**
 * The command answers with objects that have what a `DocumentSymbol` has, and are instances of `SymbolInformation` all the
 * same (`MergedInfo` in extHostApiCommands.ts of VS Code's sources): they are told by what they hold.
 */
async function symbolsOf(
	document: vscode.TextDocument,
	end = AbortSignal.timeout(symbolsMs),
): Promise<readonly vscode.DocumentSymbol[]> {
	const { version } = document;
	const found: unknown = await Promise.race([
		// It fails for what the editor itself cannot open anew, such as the results of a search.
		vscode.commands.executeCommand('vscode.executeDocumentSymbolProvider', document.uri).then(undefined, () => []),
		aborted(end),
	]);
	// What was edited meanwhile stands elsewhere.
	if (document.version !== version && !end.aborted) return symbolsOf(document, end);
	return Array.isArray(found) ? found.filter(isDocumentSymbol) : [];
}

function isDocumentSymbol(symbol: unknown): symbol is vscode.DocumentSymbol {
	if (typeof symbol !== 'object' || symbol === null) return false;
	return 'range' in symbol && symbol.range instanceof vscode.Range && 'children' in symbol;
}
