import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';

/** A folder of installed extensions with one that asks language models, and runs in the web worker host as on vscode.dev. */
export class WebConsumer {
	readonly installed = mkdtempSync(path.join(tmpdir(), 'keypool-web-consumer-'));

	constructor() {
		const own = path.join(this.installed, 'keypool-test.web-consumer-0.0.0');
		const source = path.join(__dirname, 'consumer');
		cpSync(path.join(source, 'package.json'), path.join(own, 'package.json'));
		buildSync({
			entryPoints: [path.join(source, 'extension.ts')],
			outfile: path.join(own, 'extension.js'),
			bundle: true,
			platform: 'browser',
			format: 'cjs',
			external: ['vscode'],
			logLevel: 'warning',
		});
	}

	dispose(): void {
		rmSync(this.installed, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	}
}
