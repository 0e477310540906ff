import { isObject } from '../../common/json';
import type { Masker } from '../../masking/masking';
import { readDetails, violationInMetadata, violationsInMessage, type Details, type Violation } from './details';
import { delayInMessage } from './duration';
import { readLooseJson } from './looseJson';
import { ownWords } from './ownWords';
import { ServiceError } from './serviceError';
import { googleStatusOf, isRpcCode, statusInText, statusOf } from './status';

/** A failure reported by the service, without its wrappings. Every text in it is masked. */
export interface ParsedFailure extends Details {
	/** From the body, else from HTTP; 400 to 599. */
	readonly status?: number;
	/** A google.rpc.Code, for instance `RESOURCE_EXHAUSTED`. */
	readonly googleStatus?: string;
	/** At most 1,000 characters; may be empty. */
	readonly message: string;
	/** ms: the longer of RetryInfo and message, since RetryInfo is truncated to whole seconds; without either, `retryAfterMs`. */
	readonly delayMs?: number;
	/** The quota in the metadata of a legacy body. */
	readonly legacyQuota?: Violation;
	/** The tier has no such quota at all: "limit: 0". */
	readonly limitZero: boolean;
	/** The project number in the body. */
	readonly consumer?: string;
	/** ms, from the header of another host than Google's, if the body states none. */
	readonly retryAfterMs?: number;
	/** Whether the body has a google.rpc.Code in a field, or Google as its domain. A proxy's body does not. */
	readonly isFromService: boolean;
	/** An HTML page instead of JSON. */
	readonly isPage: boolean;
}

/** A body, an error that carries one in its message, or what JSON.parse made of one. */
export type Unparsed = unknown;

/** Characters that are read; the longest real body has 3,500. */
const maxRead = 65_536;
const maxKept = 1000;
const maxLayers = 20;
/** Reasons that a text without details may still name. */
const reasonInText = /\b(API_KEY_[A-Z_]{3,40}|ACCESS_TOKEN_[A-Z_]{3,40}|SERVICE_DISABLED|CONSUMER_SUSPENDED)\b/;

/** One layer of wrapping: a body in a body in a text has three. */
interface Layer {
	readonly code?: unknown;
	readonly status?: unknown;
	readonly message?: string;
	readonly details?: unknown;
	/** Whether `status` came from a field rather than from text, where proxies write capitals too. */
	readonly isField?: boolean;
}

/** Never throws; work is bounded however large the body. */
export function parseFailure(thrown: Unparsed, mask: Masker): ParsedFailure {
	const keep = (text: string): string => mask(text).slice(0, maxKept);
	// The innermost layer is the service's own; the outermost has the HTTP status.
	const layers = unwrap(thrown, 0).reverse();
	// Streams have put no-break and double spaces into texts that are matched by their words.
	const message = (first(layers, (layer) => layer.message) ?? '').replaceAll(/[^\S\n]+/g, ' ');
	const inText = statusInText(message);

	const details = readDetails(layers.find((layer) => Array.isArray(layer.details))?.details, keep);
	const status = first(layers, (layer) => statusOf(layer.code) ?? statusOf(layer.status)) ?? inText.status;
	const googleStatus = first(layers, (layer) => googleStatusOf(layer.status)) ?? inText.googleStatus;
	const spelt = ownWords(reasonInText, message);
	// An error about a bad request may contain the request, quoted or not: there a reason counts only at the beginning.
	const isOwn = status !== 400 || /^[^A-Za-z]*$/.test(message.slice(0, spelt?.index));
	const reason = details.reason ?? (isOwn ? spelt?.[1] : undefined);
	const legacyQuota = violationInMetadata(details.metadata, keep);
	const statedMs = longer(details.retryDelayMs, delayInMessage(message));
	const retryAfterMs = thrown instanceof ServiceError && statedMs === undefined ? thrown.retryAfterMs : undefined;
	const delayMs = statedMs ?? retryAfterMs;
	const consumer = details.metadata['consumer']?.match(/^projects\/([\w-]{1,60})$/)?.[1];
	const violations = details.violations.length > 0 ? details.violations : violationsInMessage(message, keep);
	return {
		...details,
		violations,
		...(status !== undefined && { status }),
		...(googleStatus !== undefined && { googleStatus }),
		message: keep(readable(message)),
		...(delayMs !== undefined && { delayMs }),
		...(reason !== undefined && { reason: keep(reason) }),
		...(legacyQuota !== undefined && { legacyQuota }),
		limitZero: /\blimit:\s{0,3}0(?![\d.])/.test(message),
		...(consumer !== undefined && { consumer }),
		...(retryAfterMs !== undefined && { retryAfterMs }),
		isFromService: layers.some(isGoogles) || /(?:^|\.)googleapis\.com$/.test(details.domain ?? ''),
		isPage: isPage(message),
	};
}

/** Outermost first. */
function unwrap(value: unknown, depth: number): Layer[] {
	if (depth >= maxLayers) {
		return [];
	}
	if (typeof value === 'string') {
		return unwrapText(value.slice(0, maxRead), depth);
	}
	if (Array.isArray(value)) {
		return unwrap(
			value.slice(0, 8).find((one) => isBody(one)),
			depth + 1,
		);
	}
	if (!isObject(value)) {
		return [];
	}
	const { error, message, code, status, details } = value;
	return [{ code, status, details, isField: true }, ...unwrap(error ?? message, depth + 1)];
}

function isGoogles({ isField = false, status }: Layer): boolean {
	return isField && isRpcCode(googleStatusOf(status));
}

/** A text may be a body, hold one after a prefix ("got status: 429. {…}"), or be plain words. */
function unwrapText(text: string, depth: number): Layer[] {
	let from = text.indexOf('{');
	for (let tries = 0; tries < 4 && from >= 0; tries++) {
		const body = readLooseJson(text.slice(from));
		if (isBody(body)) {
			const prefix = statusInText(text.slice(0, from));
			return [{ code: prefix.status, status: prefix.googleStatus }, ...unwrap(body, depth + 1)];
		}
		from = text.indexOf('{', from + 1);
	}
	// JSON inside a JSON string has its quotes escaped.
	const encoded = /^\s*"/.test(text) ? readLooseJson(text) : undefined;
	return typeof encoded === 'string' ? unwrap(encoded, depth + 1) : [{ message: text }];
}

/** Whether it has the shape of an error body or of the error in one, or is a list (of lists) with one. */
function isBody(value: unknown, lists = 3): boolean {
	if (Array.isArray(value)) {
		return lists > 0 && value.slice(0, 8).some((one) => isBody(one, lists - 1));
	}
	if (!isObject(value)) {
		return false;
	}
	const { error, message, code, status, details } = value;
	return (
		isObject(error) ||
		typeof error === 'string' ||
		Array.isArray(details) ||
		(typeof message === 'string' && (code !== undefined || typeof status === 'string'))
	);
}

function isPage(message: string): boolean {
	return /^\s*</.test(message);
}

/** The title of a proxy's page, else its text. */
function readable(message: string): string {
	if (!isPage(message)) {
		return message.trim();
	}
	const title = /<title[^>]{0,200}>([^<]{1,300})/i.exec(message)?.[1];
	return (title ?? message.replaceAll(/<[^<>]{0,500}>/g, ' ')).replaceAll(/\s+/g, ' ').trim();
}

function first<T, R>(items: readonly T[], read: (item: T) => R | undefined): R | undefined {
	for (const item of items) {
		const found = read(item);
		if (found !== undefined) {
			return found;
		}
	}
	return undefined;
}

function longer(a: number | undefined, b: number | undefined): number | undefined {
	return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}
