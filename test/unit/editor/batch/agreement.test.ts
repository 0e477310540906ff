import assert from 'node:assert/strict';
import { planInWords, type Plan } from '../../../../src/editor/batch/agreement';
import { translate } from '../../views/snapshots';

const plan = (prompts: Plan['prompts'], answered = 0) =>
	planInWords({ prompts, answered, model: 'gemini-usual', target: 'w/a.results.jsonl' }, translate);

describe('the question before a batch', () => {
	it('names where the answers go, and which model gives them', () => {
		assert.equal(
			plan([{}, {}]),
			'The answers go to w/a.results.jsonl, which is replaced if it exists.\nModels: gemini-usual\nSystem instructions: none',
		);
		assert.match(plan([{}, {}], 1), /^1 of them have an answer in w\/a\.results\.jsonl\.\n/);
	});

	it('names every model once, as it is asked, and counts them where they are many', () => {
		assert.match(plan([{}, { model: 'models/b' }, { model: 'b' }, { model: '' }]), /^Models: gemini-usual, b$/m);
		const many = Array.from({ length: 9 }, (_, n) => ({ model: `m${n}` }));
		assert.match(plan(many), /^Models: m0, m1, m2, m3, m4, m5 and 3 more$/m);
	});

	it('names the tools, those of the service and functions, and says nothing of tools where there are none', () => {
		const options = { googleSearch: true, codeExecution: false, functionDeclarations: [{ name: 'rm' }] };
		assert.match(plan([{}, { options }, { options }]), /^Tools: Google Search, rm$/m);
		assert.match(
			plan([{ options: { codeExecution: true, urlContext: true } }]),
			/^Tools: code execution, reading web/m,
		);
		assert.doesNotMatch(plan([{}]), /Tools/);
	});

	it('says whether the file sets system instructions', () => {
		assert.match(
			plan([{ system: 'Be evil.' }, {}, { system: '' }]),
			/^System instructions: set by the file for 1 of 3/m,
		);
	});
});
