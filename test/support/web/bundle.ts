import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../../../scripts/vscode/host';

/** A script for a page, of a file of the tests. */
export async function bundleForPage(entry: string): Promise<string> {
	const { outputFiles } = await build({
		absWorkingDir: root,
		entryPoints: [entry],
		bundle: true,
		write: false,
		platform: 'browser',
		target: 'es2022',
		format: 'iife',
		sourcemap: 'inline',
		alias: { 'node:assert/strict': path.join(root, 'test/support/web/page/assert.ts') },
	});
	return outputFiles[0]?.text ?? '';
}
