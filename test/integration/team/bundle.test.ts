import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type * as Loader from '../../../src/node/valkey';

describe('the client of a team’s server, in a bundle', () => {
	it('is found, although a bundle gives it as the default export alone', async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'keypool-bundle-'));
		try {
			const outfile = path.join(folder, 'valkey.cjs');
			await build({
				entryPoints: [path.resolve(__dirname, '../../../src/node/valkey.ts')],
				...{ outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'error' },
			});
			const { loadValkey } = createRequire(__filename)(outfile) as typeof Loader;
			const { Redis, Cluster } = await loadValkey();
			assert.deepEqual([typeof Redis, typeof Cluster], ['function', 'function']);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
