import type { Generation } from './generation';
import { asList, asRecord } from './body';
import { english, type Wording } from './wording';

/** Characters of the question that an answer quotes. */
const QUOTED = 500;

/** The part of a question that answers and the log repeat; never ends within a character. */
export function excerpt(question: string): string {
	return Array.from(question.slice(0, QUOTED * 2))
		.slice(0, QUOTED)
		.join('');
}

/**
 * The text of an answer, piece by piece: real Markdown that quotes the question and holds `nonce`. A question with `[short]`
 * gets one sentence, one with `[long]` about 10,000 tokens with 3,000 lines of code, made as they are asked for.
 */
export function* compose(
	request: Generation,
	model: string,
	nonce: string,
	wording: Wording = english,
): Generator<string> {
	if (request.format.type === 'json') {
		const json = JSON.stringify(exampleOf(request.format.schema, nonce, 0), undefined, 2);
		const half = Math.ceil(json.length / 2);
		yield json.slice(0, half);
		yield json.slice(half);
		return;
	}
	const quoted = excerpt(request.question);
	if (quoted.includes('[short]')) {
		const [first, second] = wording.short(quoted, nonce);
		yield first;
		yield `${second}\n`;
		return;
	}
	yield `## ${wording.title}\n\n`;
	yield `${wording.asked}\n\n> ${quoted.replaceAll('\n', '\n> ')}\n\n`;
	yield `${wording.notice} `;
	yield `${wording.mark(nonce)}\n\n`;
	if (request.hasSystemInstruction) {
		yield `_${wording.instructed}_\n\n`;
	}
	const points = wording.points(model);
	for (const [n, point] of points.entries()) yield `- ${point}\n${n === points.length - 1 ? '\n' : ''}`;
	yield* quoted.includes('[long]') ? longCode() : shortCode(nonce);
	const [head = '', ...rows] = wording.table.map((cells) => `| ${cells.join(' | ')} |\n`);
	yield `${head}| --- | --- |\n`;
	yield `${rows.join('')}\n`;
	yield `${wording.end}\n`;
}

function* shortCode(nonce: string): Generator<string> {
	yield '```typescript\n';
	yield 'export function greet(name: string): string {\n';
	yield '\treturn `Hello, ${name}!`;\n';
	yield `}\n\nconsole.log(greet('${nonce}'));\n`;
	yield '```\n\n';
}

/** 3,000 lines of 13 to 17 bytes, three a piece. */
function* longCode(): Generator<string> {
	yield '```typescript\n';
	for (let line = 0; line < 3000; line += 3) {
		yield `let a${line} = 1;\nlet b${line} = 2;\nlet c${line} = 3;\n`;
	}
	yield '```\n\n';
}

/** A value that follows the schema, with the nonce in its texts. `depth` bounds schemas that hold themselves. */
export function exampleOf(schema: unknown, nonce: string, depth = 0): unknown {
	const { type, properties, items, enum: options, anyOf } = asRecord(schema);
	const [first] = [...asList(options), ...asList(anyOf).map((one) => exampleOf(one, nonce, depth + 1))];
	if (first !== undefined) {
		return first;
	}
	const name = asList(type)[0] ?? type ?? (properties === undefined ? 'none' : 'object');
	switch (typeof name === 'string' ? name.toLowerCase() : 'none') {
		case 'object':
			return Object.fromEntries(
				Object.entries(asRecord(properties)).map(([key, value]) => [
					key,
					depth < 8 ? exampleOf(value, nonce, depth + 1) : null,
				]),
			);
		case 'array':
			return depth < 8 ? [exampleOf(items, nonce, depth + 1)] : [];
		case 'integer':
		case 'number':
			return 1;
		case 'boolean':
			return true;
		case 'string':
			return nonce;
		case 'null':
			return null;
		default:
			return { answer: nonce };
	}
}
