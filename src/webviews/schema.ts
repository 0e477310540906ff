import * as v from 'valibot';
import type { ChatRequest, Request } from './protocol';

/** Lengths are in UTF-16 units. A question beyond 1 M is a mistake, an answer to copy can be longer. */
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const question = v.pipe(v.string(), v.maxLength(1_000_000));
const copied = v.pipe(v.string(), v.maxLength(4_000_000));
const link = v.pipe(v.string(), v.maxLength(8_192));

/** What a document may send: anything else is refused at the host's edge. */
export const chatRequest = v.variant('type', [
	v.strictObject({ type: v.literal('ready') }),
	v.strictObject({ type: v.literal('send'), text: question }),
	v.strictObject({ type: v.literal('stop') }),
	v.strictObject({ type: v.literal('retry'), turn: id }),
	v.strictObject({ type: v.literal('anotherModel') }),
	v.strictObject({ type: v.literal('act'), turn: id }),
	v.strictObject({ type: v.literal('addKey') }),
	v.strictObject({ type: v.literal('openLink'), href: link }),
	v.strictObject({ type: v.literal('copy'), text: copied }),
	v.strictObject({
		type: v.literal('code'),
		act: v.picklist(['insert', 'apply', 'newFile']),
		code: copied,
		language: v.pipe(v.string(), v.maxLength(1_000)),
	}),
]) satisfies v.GenericSchema<unknown, ChatRequest>;

/** The envelope around any view's message; the body is judged by the view's own schema. */
export const envelope = v.strictObject({
	id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
	body: v.unknown(),
}) satisfies v.GenericSchema<unknown, Request<unknown>>;
