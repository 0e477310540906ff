import * as v from 'valibot';
import { pictureTypes } from '../common/pictures';
import { generationOptions } from '../generation/schema';
import type { DashboardRequest } from './dashboardProtocol';
import type { ChatRequest, Request } from './protocol';

/** Lengths are in UTF-16 units. What is too long for a question is refused in words later. */
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const question = v.pipe(v.string(), v.maxLength(20_000_000));
const again = v.exactOptional(v.literal(true));
const copied = v.pipe(v.string(), v.maxLength(4_000_000));
/** base64 units of 4 MB: a request to the service holds 20 MB in all. */
const maxPicture = 5_600_000;
const link = v.pipe(v.string(), v.maxLength(8_192));

/** What a document may send: anything else is refused at the host's edge. */
export const chatRequest = v.variant('type', [
	v.strictObject({ type: v.literal('ready') }),
	v.strictObject({ type: v.literal('send'), text: question, again }),
	v.strictObject({
		type: v.literal('queued'),
		act: v.picklist(['askNow', 'takeBack', 'remove']),
		question: id,
	}),
	v.strictObject({ type: v.literal('stop') }),
	v.strictObject({ type: v.literal('retry'), turn: id }),
	v.strictObject({ type: v.literal('edit'), turn: id, text: question, again }),
	v.strictObject({ type: v.literal('pickModel') }),
	v.strictObject({
		type: v.literal('options'),
		options: generationOptions,
	}),
	v.strictObject({
		type: v.literal('attach'),
		what: v.picklist(['selection', 'files']),
	}),
	v.strictObject({
		type: v.literal('attachPicture'),
		label: v.pipe(v.string(), v.maxLength(1_000)),
		mimeType: v.picklist(pictureTypes),
		data: v.pipe(v.string(), v.maxLength(maxPicture), v.regex(/^[A-Za-z0-9+/]+={0,2}$/)),
	}),
	v.strictObject({ type: v.literal('detach'), chip: id }),
	v.strictObject({
		type: v.literal('findMentions'),
		text: v.pipe(v.string(), v.maxLength(200)),
	}),
	v.strictObject({ type: v.literal('mention'), mention: id }),
	v.strictObject({
		type: v.literal('showPicture'),
		picture: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
	}),
	v.strictObject({
		type: v.literal('openFile'),
		file: v.pipe(v.string(), v.minLength(1), v.maxLength(1_000)),
	}),
	v.strictObject({ type: v.literal('newConversation') }),
	v.strictObject({ type: v.literal('actOnBanner') }),
	v.strictObject({ type: v.literal('anotherModel') }),
	v.strictObject({ type: v.literal('act'), turn: id }),
	v.strictObject({ type: v.literal('addKey') }),
	v.strictObject({ type: v.literal('trySimulator') }),
	v.strictObject({ type: v.literal('useTeamGateway') }),
	v.strictObject({ type: v.literal('openLink'), href: link }),
	v.strictObject({ type: v.literal('copy'), text: copied }),
	v.strictObject({
		type: v.literal('code'),
		act: v.picklist(['insert', 'apply', 'newFile']),
		code: copied,
		language: v.pipe(v.string(), v.maxLength(1_000)),
	}),
]) satisfies v.GenericSchema<unknown, ChatRequest>;

export const dashboardRequest = v.variant('type', [
	v.strictObject({ type: v.literal('ready') }),
	v.strictObject({ type: v.literal('export') }),
	v.strictObject({
		type: v.literal('run'),
		act: v.picklist(['addKey', 'ask', 'showKeys', 'releaseClient', 'setPoolBudget']),
	}),
]) satisfies v.GenericSchema<unknown, DashboardRequest>;

/** The envelope around any view's message; the body is judged by the view's own schema. */
export const envelope = v.strictObject({
	id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
	body: v.unknown(),
}) satisfies v.GenericSchema<unknown, Request<unknown>>;
