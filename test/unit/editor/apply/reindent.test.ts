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

	it('stays as it is where a later line of the replaced text has less indent than the first', () => {
		const end = { indent: '    ', atLineStart: true, replaced: '    return x;\n}' };
		assert.equal(reindent('    return y;\n}', end), '    return y;\n}');
		assert.equal(reindent('return y;\n}', end), '    return y;\n}');
		const text = { indent: '\t', atLineStart: true, replaced: '\tconst a = `\nb\n`;\n' };
		assert.equal(reindent('\tconst a = `\nc\n`;', text), '\tconst a = `\nc\n`;\n');
		const deeper = { indent: '        ', atLineStart: true, replaced: '        a();\r\n    }' };
		assert.equal(reindent('    b();\n}', deeper), '        b();\n    }');
		assert.equal(reindent('b();\n}', { ...end, atLineStart: false, replaced: 'a();\n}' }), 'b();\n}');
	});

	it('gets back the indent of its first line where the answer has left out that one alone', () => {
		const body = { indent: '    ', atLineStart: true, replaced: '    if (a) {\n        b();\n    }\n' };
		assert.equal(reindent('if (a) {\n        c();\n    }', body), '    if (a) {\n        c();\n    }\n');
		assert.equal(reindent('if (a) {\n    c();\n}', body), '    if (a) {\n        c();\n    }\n');
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
