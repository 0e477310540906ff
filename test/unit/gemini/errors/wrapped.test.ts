import assert from 'node:assert/strict';
import { causeOf, describe as told } from '../../../../src/gemini/errors/network';
import { parseFailure, type ParsedFailure } from '../../../../src/gemini/errors/parse';
import { ServiceError } from '../../../../src/gemini/errors/serviceError';

const parse = (thrown: unknown): ParsedFailure => parseFailure(thrown, (text) => text);
const quota = { error: { code: 429, message: 'Please retry in 5s', status: 'RESOURCE_EXHAUSTED' } };

describe('gemini: a failure in its wrappings', () => {
	it('is found in a text in a body in a text, and what is innermost counts', () => {
		let text = JSON.stringify(quota);
		for (let layers = 0; layers < 4; layers++) text = JSON.stringify({ error: { code: 500, message: `got ${text}` } });
		const { status, googleStatus, delayMs } = parse(new ServiceError(text, 502));
		assert.deepEqual([status, googleStatus, delayMs], [429, 'RESOURCE_EXHAUSTED', 5000]);
	});

	it('is found behind other braces, and in a text that is a text once more', () => {
		assert.equal(parse(`a {b} then {c}: ${JSON.stringify(quota)}`).status, 429);
		assert.equal(parse(`{{{ ${JSON.stringify(quota)}`).status, 429);
		assert.equal(parse(JSON.stringify(JSON.stringify(quota))).delayMs, 5000);
		assert.equal(parse(` ${JSON.stringify('retry in 7s')}`).delayMs, 7000);
	});

	it('is found in a list, wherever near its beginning', () => {
		assert.equal(parse([{ x: 1 }, quota]).status, 429);
		assert.equal(parse(JSON.stringify([{ x: 1 }, quota, { y: 1 }])).status, 429);
		const seven = Array.from({ length: 7 }, () => ({ x: 1 }));
		assert.equal(parse([...seven, quota]).status, 429);
		assert.equal(parse([...seven, ...seven, quota]).status, undefined);
		assert.equal(parse(JSON.stringify([[[quota]]])).status, 429);
		assert.equal(parse([[[[[quota]]]]]).status, undefined);
	});

	it('is read from the error around it where the body says nothing', () => {
		assert.equal(parse(Object.assign(new Error('{"error":{"message":"x"}}'), { status: 503 })).status, 503);
		assert.equal(parse(Object.assign(new Error('x'), { status: 200 })).status, undefined);
		assert.equal(parse(Object.assign(new Error('status: 404'), { code: 'ECONNRESET' })).status, 404);
	});

	it('that goes in circles ends nevertheless', () => {
		const circle: Record<string, unknown> = { status: 429 };
		circle['error'] = circle;
		assert.equal(parse(circle).status, 429);
		const list: unknown[] = [];
		list.push({ error: list, details: [list] }, list);
		assert.equal(parse(list).message, '');
	});

	it('counts as wrapped twenty times at most', () => {
		const wrapped = (layers: number): unknown => {
			let body: unknown = { code: 429 };
			for (let at = 1; at < layers; at++) body = { error: body };
			return body;
		};
		assert.equal(parse(wrapped(20)).status, 429);
		assert.equal(parse(wrapped(21)).status, undefined);
	});

	it('keeps its words apart where a page has no title, and is none where it is blank', () => {
		assert.equal(parse('<p>Bad</p><p>Gateway</p>').message, 'Bad Gateway');
		assert.equal(parse('{"error":{"code":503,"message":" \\n "}}').message, '');
	});

	it('names a reason in plain words only where it is one', () => {
		for (const words of ['400 API_KEY_NO', '401 ACCESS_TOKEN_OK', '400 API_KEY_: 5 is bad'])
			assert.equal(parse(words).reason, undefined, words);
		assert.equal(parse('401 ACCESS_TOKEN_TYPE_UNSUPPORTED').reason, 'ACCESS_TOKEN_TYPE_UNSUPPORTED');
		assert.equal(parse('it is SERVICE_DISABLED.').reason, 'SERVICE_DISABLED');
		assert.equal(parse('CONSUMER_SUSPENDED').reason, 'CONSUMER_SUSPENDED');
	});

	it('names a project only by its number or name', () => {
		const consumerOf = (consumer: string): string | undefined =>
			parse({ error: { code: 403, message: 'x', details: [{ reason: 'X', metadata: { consumer } }] } }).consumer;
		assert.equal(consumerOf('projects/my-project_1'), 'my-project_1');
		for (const other of ['project/1', 'projects/', 'projects/a/b', 'x projects/1'])
			assert.equal(consumerOf(other), undefined);
	});
});

describe('gemini: what an error of the way goes back to', () => {
	it('is found behind each of the addresses that were tried', () => {
		const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
		const tried = new AggregateError([new Error('a', { cause }), new Error('b')]);
		assert.equal(told(tried), 'a: b: connect');
		assert.deepEqual(causeOf(tried), { kind: 'unreachable', sent: false });
	});

	it('is told without empty places', () => {
		assert.equal(told(new Error('x', { cause: new Error('', { cause: 'y' }) })), 'x: y');
		assert.equal(told(''), '');
		assert.equal(told(new Error('x', { cause: null })), 'x');
	});
});
