import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

/** The project's folder. A benchmark is bundled and knows no folder of its own: it is started in the project's. */
export const root = typeof __dirname === 'undefined' ? process.cwd() : path.resolve(__dirname, '../..');

const Host = v.object({
	/** Folder of the VS Code server. */
	server: v.string(),
	/** The Node that it runs on. */
	node: v.string(),
	/** The browser's executable; absent where only the user's own browser is needed. */
	chromium: v.optional(v.string()),
});

/** What the set-up made ready. */
export type Host = v.InferOutput<typeof Host>;

/** Reads what scripts/vscode/setup.mjs wrote down; throws where it has not run. */
export function host(): Host {
	const file = path.join(root, '.vscode-test/host.json');
	if (!existsSync(file)) {
		throw new Error('The VS Code host is not set up: run `node scripts/vscode/setup.mjs`.');
	}
	return v.parse(Host, JSON.parse(readFileSync(file, 'utf8')));
}
