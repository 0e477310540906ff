import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../../scripts/vscode/host';

const docs = path.join(root, 'docs/monitoring');

/** The alert rules that people are given. */
export const rules = path.join(docs, 'rules.yml');

/** What they say of some pools, for `promtool test rules`. */
export const rulesTests = path.join(root, 'test/fixtures/monitoring/rules.yml');

/** Every expression of the dashboard and of the rules; a variable of Grafana's is a span of time. */
export function expressions(): readonly string[] {
	const found: string[] = [];
	const visit = (value: unknown): void => {
		if (Array.isArray(value)) value.forEach(visit);
		else if (typeof value === 'object' && value !== null) {
			for (const [name, inner] of Object.entries(value)) {
				if (name === 'expr' && typeof inner === 'string') found.push(inner.replaceAll('$__rate_interval', '1m'));
				else visit(inner);
			}
		}
	};
	visit(JSON.parse(readFileSync(path.join(docs, 'dashboard.json'), 'utf8')));
	const text = readFileSync(rules, 'utf8');
	const inRules = [...text.matchAll(/^\s+expr: (?:>-\n((?:\s{10,}.*\n)+)|(.*)\n)/gm)].map(
		([, folded, plain]) => folded?.trim().replace(/\s+/g, ' ') ?? plain ?? '',
	);
	assert.equal(inRules.length, text.split('- alert:').length - 1);
	assert.ok(found.length > 15 && inRules.length > 0);
	return [...found, ...inRules];
}
