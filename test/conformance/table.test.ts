import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { needsOf } from './clients/needs';
import { findScenario, readScenarios } from './scenario';
import { withTable, type Cell, type Row } from './tableText';

const begin = '<!-- Made by `npm run conformance -- table --write`: -->';
const end = '<!-- Until here. -->';

describe('conformance, the table', () => {
	it('stands between its two marks, counts, and says of each cell what came of it', () => {
		const failed: Cell = { state: 'failed', differences: [{ kind: 'wasted call', says: 'Call 2 …' }] };
		const row = (scenario: string, one: Cell, two: Cell): Row => {
			return {
				file: 'a.json',
				scenario,
				cells: new Map([
					['One', one],
					['Two', two],
				]),
			};
		};
		const rows = [
			row('first', { state: 'passed' }, failed),
			row('second | last', { state: 'passed' }, { state: 'apart', reason: 'takes one key' }),
		];
		const clients = [
			{ name: 'One', what: 'the first' },
			{ name: 'Two', what: 'the second' },
		];
		const made = withTable(`before\n${begin}\nold\n${end}\nafter\n`, clients, rows);
		assert.ok(made.startsWith(`before\n${begin}\n`) && made.endsWith(`${end}\nafter\n`));
		assert.ok(!made.includes('old'));
		for (const line of [
			'- **One**: the first.',
			'| passed | 2 | 0 |',
			'| failed | 0 | 1 |',
			'| n/a | 0 | 1 |',
			'| first | ✔ | ✖ wasted call |',
			'| second \\| last | ✔ | n/a: takes one key |',
		]) {
			assert.ok(made.includes(`\n${line}\n`), line);
		}
		assert.equal(withTable(made, clients, rows), made, 'made anew, it is the same');
	});

	it('has a row for each scenario of the kit, in docs/CONFORMANCE.md', () => {
		const document = readFileSync(path.resolve(__dirname, '../../docs/CONFORMANCE.md'), 'utf8');
		const rows = document
			.split(/^### .*$/m)
			.slice(1)
			.flatMap((section) => section.match(/^\| .+? (?=\| [✔✖n])/gm) ?? []);
		const names = readScenarios().flatMap(({ scenarios }) => scenarios.map(({ name }) => `| ${name} `));
		assert.deepEqual(rows, names, 'play it: `npm run conformance -- table --write`');
	});

	it('knows what a client must be able to do to take part', () => {
		const needs = (id: string): readonly string[] => {
			const scenario = findScenario(id);
			assert.ok(scenario, id);
			return needsOf(scenario);
		};
		assert.deepEqual(needs('a-minute-quota-rests-for-the-stated-time-and-a-second'), []);
		assert.deepEqual(needs('the-next-key-is-tried-at-once'), ['keys', 'prompts']);
		assert.deepEqual(needs('a-consumer-that-cannot-take-back-is-told'), ['streaming', 'whenBroken']);
		assert.deepEqual(needs('and-waits-for-it'), ['keys', 'project']);
		assert.deepEqual(needs('epipe-is-tried-on-the-same-key-after-a-back-off'), ['connection', 'keys']);
	});
});
