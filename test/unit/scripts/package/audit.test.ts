import assert from 'node:assert/strict';
import { vulnerabilities } from '../../../../scripts/package/audit.cjs';

const advisory = { title: 'It does too much', severity: 'high', url: 'https://example.org/advisory' };

describe('the audit of what ships', () => {
	const shipped = ['node_modules/@some/one', 'node_modules/two/node_modules/deep'];

	it('keeps what was found in a copy that is in a bundle', () => {
		const report = {
			vulnerabilities: {
				'@some/one': { nodes: ['node_modules/@some/one'], via: [advisory, 'deep'] },
				deep: { nodes: ['node_modules/deep', 'node_modules/two/node_modules/deep'], via: [advisory] },
				tool: { nodes: ['node_modules/tool'], via: [advisory] },
			},
		};
		assert.deepEqual(vulnerabilities(report, shipped), [
			'@some/one (high): It does too much https://example.org/advisory',
			'deep (high): It does too much https://example.org/advisory',
		]);
	});

	it('finds nothing where only tools are vulnerable, or what a shipped package would bring and the bundle left out', () => {
		const report = {
			vulnerabilities: {
				tool: { nodes: ['node_modules/tool'], via: [advisory] },
				'@some/one': { nodes: ['node_modules/@some/one'], via: ['tool'] },
			},
		};
		assert.deepEqual(vulnerabilities(report, shipped), []);
	});

	it('does not take silence for an answer', () => {
		assert.throws(() => vulnerabilities({ message: '405 Method Not Allowed' }, shipped), /405/);
	});
});
