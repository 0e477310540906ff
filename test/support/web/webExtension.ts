import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../../scripts/vscode/host';

/**
 * A copy of the extension that a window loads into its web worker host, as vscode.dev does. The server build has a host
 * with Node too, which would take an extension that has an entry for it.
 */
export class WebExtension {
	readonly folder = mkdtempSync(path.join(tmpdir(), 'keypool-web-'));

	constructor() {
		const {
			main: _,
			extensionKind: __,
			...manifest
		} = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
		writeFileSync(path.join(this.folder, 'package.json'), JSON.stringify(manifest));
		for (const name of ['package.nls.json', 'package.nls.vi.json', 'l10n', 'media']) {
			cpSync(path.join(root, name), path.join(this.folder, name), { recursive: true });
		}
		symlinkSync(path.join(root, 'dist'), path.join(this.folder, 'dist'));
	}

	dispose(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}
