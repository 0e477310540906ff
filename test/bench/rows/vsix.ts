import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import budgets from '../../../scripts/package/budget.json';
import type * as Packaging from '../../../scripts/package/package.cjs';
import { sampleOf } from '../measure';
import type { Row } from '../row';

export const row: Row = {
	name: 'vsix',
	what:
		'The package as it goes to the Marketplace. `npm run package` lists what is in it, and `npm test` fails if it ' +
		'grows by more than 5 %.',
	run: async () => {
		// Not bundled: it finds the project by its own place.
		const { makePackage } = createRequire(path.resolve('package.json'))(
			'./scripts/package/package.cjs',
		) as typeof Packaging;
		const into = path.resolve('out/vsix');
		mkdirSync(into, { recursive: true });
		const { bytes, files } = await makePackage(into);
		const kilobytes = (size: number): ReturnType<typeof sampleOf> => sampleOf([size / 1_024]);
		return [
			{ of: 'the package', unit: 'KB', ...kilobytes(bytes), goal: { atMost: budgets.package.goal / 1_024 } },
			{ of: 'files in it', unit: '', ...sampleOf([files.length]) },
		];
	},
};
