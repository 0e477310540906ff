import assert from 'node:assert/strict';
import { forMarketplace } from '../../../../scripts/package/readme.cjs';

describe('the README of the package', () => {
	it('lacks what is of the repository, and pictures that are not packed', () => {
		const whole = `# It

![A picture](docs/a.png)

First.<!-- repository --> See
[more](docs/MORE.md).<!-- /repository -->

<!-- repository -->

## To build

    npm start

<!-- /repository -->

## To use

See [there](https://example.org/).
`;
		assert.equal(forMarketplace(whole), '# It\n\nFirst.\n\n## To use\n\nSee [there](https://example.org/).\n');
	});

	it('is not made while something is left that leads nowhere', () => {
		const dead = [
			'See [more](docs/MORE.md).',
			'In a line ![a picture](docs/a.png).',
			'Then `npm start`.',
			'```sh\nnpm start\n```',
			'<!-- repository -->',
			'<!-- /repository -->',
			'## Nothing under it\n\n## Next\n\nText.',
			'## Nothing under it',
		];
		for (const markdown of dead)
			assert.throws(() => forMarketplace(`# It\n\n${markdown}\n`), /of no use outside the repository/, markdown);
		assert.doesNotThrow(() => forMarketplace('# It\n\n## One\n\n### Part\n\nText.\n\n## Two\n\nText.\n'));
	});
});
