import assert from 'node:assert/strict';
import { reindent } from '../../../../src/editor/apply/reindent';
import { languageIdOf } from '../../../../src/editor/context/languageId';

const place = { indent: '\t', atLineStart: true, replaced: '\told();\n' };

describe('The code of an answer in its place', () => {
	it('takes the indent of the line, and leaves blank lines blank', () => {
		assert.equal(reindent('if (a) {\n\n\tb();\n}\n', place), '\tif (a) {\n\n\t\tb();\n\t}\n');
	});

	it('has no second indent where the line has one already', () => {
		const after = { ...place, atLineStart: false, replaced: 'old();' };
		assert.equal(reindent('a();\nb();\n', after), 'a();\n\tb();');
		assert.equal(reindent('\ta();\n\tb();\n', after), 'a();\n\tb();');
	});

	it('keeps an indent that the answer has given', () => {
		assert.equal(reindent('\ta();\n\tb();', place), '\ta();\n\tb();\n');
	});

	it('ends with a line end only where the replaced text did', () => {
		assert.equal(reindent('a();\r\n\r\n', { ...place, indent: '', replaced: 'old();' }), 'a();');
		assert.equal(reindent('a();', { ...place, indent: '', replaced: 'old();\r\n' }), 'a();\n');
	});
});

describe('The language of a fence', () => {
	it('is the editor’s id for it, or plain text', () => {
		const known = ['typescript', 'shellscript', 'plaintext', 'rust'];
		assert.deepEqual(
			['ts', 'TypeScript', 'bash', 'rust', 'klingon', '', 'constructor'].map((name) => languageIdOf(name, known)),
			['typescript', 'typescript', 'shellscript', 'rust', 'plaintext', 'plaintext', 'plaintext'],
		);
	});
});
