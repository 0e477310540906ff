import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { partsOfValkey } from '../../../scripts/package/libraryParts.cjs';
import type * as Loader from '../../../src/node/valkey';

describe('the client of a team’s server, in a bundle', () => {
	it('is found, although a bundle gives it as the default export alone', async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'keypool-bundle-'));
		try {
			await build({
				entryPoints: [path.resolve(__dirname, '../../../src/node/valkey.ts')],
				...{ outdir: folder, bundle: true, splitting: true, platform: 'node', format: 'esm', target: 'node20' },
				outExtension: { '.js': '.mjs' },
				banner: { js: "import { createRequire } from 'node:module';const require=createRequire(import.meta.url);" },
				plugins: [partsOfValkey],
				logLevel: 'error',
			});
			const { loadValkey } = (await import(path.join(folder, 'valkey.mjs'))) as typeof Loader;
			const { Redis, Cluster } = await loadValkey();
			assert.equal(typeof Cluster, 'function');
			// Nobody listens on this port.
			const client = new Redis({ port: 1, lazyConnect: true, retryStrategy: () => null });
			client.on('error', () => undefined);
			await assert.rejects(client.connect(), /closed/);
			assert.equal(client.status, 'end');
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
