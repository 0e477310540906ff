import { mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import budgets from '../../../scripts/package/budget.json';
import type * as Packaging from '../../../scripts/package/package.cjs';
import { sampleOf } from '../measure';
import type { Figure, Row } from '../row';

export const row: Row = {
	name: 'vsix',
	what: 'The package as it goes to the Marketplace, and what is in it, by size before it is compressed. `npm test` fails where it grows by more than 5 %.',
	run: async () => {
		// Not bundled: it finds the project by its own place.
		const { makePackage } = createRequire(path.resolve('package.json'))(
			'./scripts/package/package.cjs',
		) as typeof Packaging;
		const into = path.resolve('out/vsix');
		mkdirSync(into, { recursive: true });
		const { bytes, folder, files } = await makePackage(into);
		const kilobytes = (size: number): ReturnType<typeof sampleOf> => sampleOf([size / 1_024]);
		const contents = files
			.map((name): Figure => {
				return { of: name.replaceAll('\\', '/'), unit: 'KB', ...kilobytes(statSync(path.join(folder, name)).size) };
			})
			.sort((a, b) => b.median - a.median);
		return [
			{ of: 'the package', unit: 'KB', ...kilobytes(bytes), goal: { atMost: budgets.package.goal / 1_024 } },
			{ of: 'files in it', unit: '', ...sampleOf([files.length]) },
			...contents,
		];
	},
};
