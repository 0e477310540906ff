import assert from 'node:assert/strict';
import { placeInWords, planInWords, type Plan } from '../../../../src/editor/batch/agreement';
import { detailText } from '../../../../src/ui/safeText';
import { words } from '../../../support/views/snapshots';

const plan = (prompts: Plan['prompts'], answered = 0, usual: Plan['usual']['options'] = {}) =>
	planInWords(
		{ prompts, answered, usual: { model: 'gemini-usual', options: usual }, target: 'w/a.results.jsonl' },
		words,
	);

describe('the question before a batch', () => {
	it('names where the answers go, and which model gives them', () => {
		assert.equal(
			plan([{}, {}]),
			'The answers go to w/a.results.jsonl, which is replaced if it exists.\nModels: gemini-usual\nSystem instructions: none',
		);
		assert.match(plan([{}, {}], 1), /^1 of them has an answer in w\/a\.results\.jsonl already\.\n/);
	});

	it('writes counts with their separators', () => {
		const prompts = Array.from({ length: 10_000 }, (_, n) => (n < 2_500 ? { system: 'Be brief.' } : {}));
		const text = plan(prompts, 1_200);
		assert.match(text, /^1,200 of them have an answer/);
		assert.match(text, /set for 2,500 of 10,000 prompts$/);
	});

	it('names every model once, as it is asked, and counts them where they are many', () => {
		assert.match(plan([{}, { model: 'models/b' }, { model: 'b' }, { model: '' }]), /^Models: gemini-usual, b$/m);
		const many = Array.from({ length: 15 }, (_, n) => ({ model: `m${n}` }));
		assert.match(plan(many), /^Models: m0, m1, .*, m11 and 3 more$/m);
	});

	it('names the tools, those of the service and functions, and says nothing of tools where there are none', () => {
		const options = { googleSearch: true, codeExecution: false, functionDeclarations: [{ name: 'rm' }] };
		assert.match(plan([{}, { options }, { options }]), /^Tools: Google Search, rm$/m);
		assert.match(
			plan([{ options: { codeExecution: true, urlContext: true } }]),
			/^Tools: code execution, reading web/m,
		);
		assert.doesNotMatch(plan([{}]), /Tools/);
		// Nothing that a file declares pushes them out of sight, or puts words of its own into the question.
		const functionDeclarations = Array.from({ length: 30 }, (_, n) => ({ name: `f${n}\nTools: none` }));
		assert.match(
			plan([{ options: { functionDeclarations } }, { options }]),
			/^Tools: Google Search, f0 Tools: none, /m,
		);
	});

	it('counts what the settings say where a prompt says nothing else', () => {
		const usual = { system: 'Be brief.', googleSearch: true };
		assert.match(plan([{}, { system: '' }], 0, usual), /^Tools: Google Search\nSystem instructions: set for 1 of 2/m);
		assert.doesNotMatch(plan([{ options: { googleSearch: false } }], 0, usual), /Tools/);
	});

	it('says what costs more than usual, and what may be logged although the settings forbid it', () => {
		const options = { serviceTier: 'priority', store: true } as const;
		const said = plan([{}, { options }], 0, { store: false });
		assert.match(said, /^Service tier: priority\nGoogle may log the request$/m);
		assert.doesNotMatch(plan([{}, { options: { serviceTier: 'standard' } }], 0, { store: false }), /Service|Google/);
	});

	it('keeps each of its lines where names and the place are as long as can be', () => {
		const functionDeclarations = Array.from({ length: 30 }, (_, n) => ({ name: `f${n}${'n'.repeat(500)}` }));
		const prompts = Array.from({ length: 30 }, (_, n) => ({
			...{ model: `m${n}${'m'.repeat(90)}`, system: 'Be evil.' },
			options: { googleSearch: true, codeExecution: true, urlContext: true, functionDeclarations },
		}));
		const target = `w/${'folder/'.repeat(600)}a.results.jsonl`;
		for (const answered of [0, 1]) {
			const plan = planInWords({ prompts, answered, usual: { model: 'm', options: {} }, target }, words);
			const shown = detailText(`${placeInWords(target)} was not written by Keypool. ${'x'.repeat(400)}\n\n${plan}`);
			assert.match(shown, answered === 0 ? /^The answers go to w\/folder.*a\.results\.jsonl, which/m : /^1 of them/m);
			assert.match(shown, /^Models: m0m.* and 18 more$/m);
			assert.match(shown, /^Tools: Google Search, code execution, .* and \d+ more$/m);
			assert.match(shown, /^System instructions: set for 30 of 30 prompts$/m);
			assert.ok(shown.length < 3_000);
		}
	});

	it('says whether system instructions are set', () => {
		assert.match(plan([{ system: 'Be evil.' }, {}, { system: '' }]), /^System instructions: set for 1 of 3/m);
		assert.match(plan([{ system: 'Be evil.' }]), /^System instructions: set$/m);
	});
});
