import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { EnvironmentKeys } from '../../../src/headless/environmentKeys';
import { describeRefused } from '../../../src/headless/words';
import { maskKey } from '../../../src/masking/masking';
import { modern } from '../../support/keys/sample';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const read = (environment: Readonly<Record<string, string>>, file = ''): EnvironmentKeys =>
	EnvironmentKeys.read(environment, file, sha256);

describe('keys of the environment', () => {
	it('come from the usual variables, each once, free unless they stand among the paid ones', () => {
		const keys = read({
			GEMINI_API_KEYS: `${modern(1)}, ${modern(2)};${modern(1)}`,
			GEMINI_API_KEY: modern(3),
			GOOGLE_API_KEY: modern(2),
			KEYPOOL_PAID_KEYS: `${modern(4)} ${modern(3)}`,
			OTHER: modern(5),
		});
		const { keys: list, projects } = keys.list();
		const tiers = new Map(projects.map(({ id, tier }) => [id, tier]));
		assert.deepEqual(
			list.map(({ id, project, label }) => [keys.secretOf(id), tiers.get(project), label]),
			[
				[modern(4), 'paid', `Key 1 (${maskKey(modern(4))})`],
				[modern(3), 'paid', `Key 2 (${maskKey(modern(3))})`],
				[modern(1), 'free', `Key 3 (${maskKey(modern(1))})`],
				[modern(2), 'free', `Key 4 (${maskKey(modern(2))})`],
			],
		);
		assert.ok(!JSON.stringify(keys.list()).includes(modern(1).slice(8)));
	});

	it('come from a file where the environment lacks them, and nothing else of the file does', () => {
		const file = `# keys\nexport GEMINI_API_KEYS="${modern(1)},${modern(2)}"\nDATABASE=${modern(3)}\nKEYPOOL_PAID_KEYS=${modern(4)}\n`;
		assert.deepEqual(new Set(read({}, file).all), new Set([modern(1), modern(2), modern(4)]));
		assert.deepEqual(new Set(read({ GEMINI_API_KEYS: modern(5) }, file).all), new Set([modern(5), modern(4)]));
		// As a compose file passes on what is not set.
		const empty = { GEMINI_API_KEYS: modern(5), KEYPOOL_PAID_KEYS: ' ' };
		assert.deepEqual(new Set(read(empty, file).all), new Set([modern(5), modern(4)]));
	});

	it('are no more than are read, which is told', () => {
		const keys = (count: number): string => Array.from({ length: count }, (_, n) => modern(n)).join(',');
		const isCut = (environment: Readonly<Record<string, string>>): readonly [number, boolean] => {
			const { all, isCut: wasCut } = read(environment);
			return [all.length, wasCut];
		};
		assert.deepEqual(isCut({ GEMINI_API_KEYS: keys(1_000) }), [1_000, false]);
		assert.deepEqual(isCut({ GEMINI_API_KEYS: keys(1_001) }), [1_000, true]);
		assert.deepEqual(isCut({ KEYPOOL_PAID_KEYS: keys(1_001), GEMINI_API_KEY: modern(2_000) }), [1_001, true]);
	});

	it('keep their names over a restart, whatever comes before them', () => {
		const [one] = read({ GEMINI_API_KEYS: modern(1) }).list().keys;
		const again = read({ GEMINI_API_KEYS: `${modern(9)},${modern(1)}` }).list().keys;
		assert.deepEqual(
			again.map(({ id }) => id === one?.id),
			[false, true],
		);
	});

	it('are one quota once the service names their project', () => {
		const keys = read({ GEMINI_API_KEYS: `${modern(1)},${modern(2)},${modern(3)}`, KEYPOOL_PAID_KEYS: modern(2) });
		const ids = keys.list().keys.map(({ id }) => id);
		assert.equal(keys.list().projects.length, 3);
		for (const id of ids.slice(0, 2)) assert.ok(keys.named(id, '411'));
		assert.ok(!keys.named(ids[0] ?? ('' as never), '411'), 'that is no news');
		const { projects } = keys.list();
		assert.deepEqual(projects.map(({ tier }) => tier).sort(), ['free', 'paid']);
	});

	it('keep their project when its number becomes known, and the first of two that are one', () => {
		const keys = read({ GEMINI_API_KEYS: `${modern(1)} ${modern(2)}` });
		const before = keys.list().keys;
		const [one, two] = before;
		assert.ok(one && two);
		keys.named(two.id, '411');
		assert.deepEqual(keys.list().keys, before, 'what was counted still counts, after a restart as well');
		keys.named(one.id, '411');
		assert.deepEqual(
			keys.list().keys.map(({ project }) => project),
			[two.project, two.project],
		);
		assert.deepEqual(
			keys.forTeam.map(({ project, number }) => [project, number]),
			[
				[two.project, '411'],
				[two.project, '411'],
			],
		);
	});

	it('say what is none of them, and never the text itself', () => {
		const token = `kp_${'a1'.repeat(21)}b`;
		const keys = read({ GEMINI_API_KEYS: `${modern(1)}, ${token}, short` });
		assert.equal(keys.all.length, 1);
		assert.ok(keys.refused.some(({ reason }) => reason === 'gatewayToken'));
		assert.ok(!JSON.stringify(keys.refused).includes(token.slice(6)));
		assert.deepEqual(read({}).refused, []);
	});

	it('say so in words that a terminal shows, whoever wrote the file: nothing of a text can clear it', () => {
		const hostile = ['\u001bc', '\u009b2J', '\u2067'].map((sign) => sign + 'x'.repeat(30) + sign).join(',');
		const told = read({}, `GEMINI_API_KEYS=${hostile}`).refused.map(describeRefused);
		assert.equal(told.length, 3);
		for (const text of told) assert.match(text, /^Not a key: [\x20-\x7e…]+$/);
	});
});
