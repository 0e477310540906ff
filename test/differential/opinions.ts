import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { failureOf } from '../../src/gemini/errors/failure';
import { ServiceError } from '../../src/gemini/errors/serviceError';
import { isFields } from './json';
import type { Told } from './mutate';

/** What a classifier says of a failure, in words that both can be put into. */
export interface Opinion {
	readonly says: string;
	/** ms, where it names the time to wait. */
	readonly delayMs?: number;
}

/** Our verdict: act and reason. */
export function ours({ status, text }: Told): Opinion {
	const { action: verdict } = failureOf(new ServiceError(text, status), (serviceMessage) => serviceMessage);
	const delayMs = verdict.type === 'coolDown' ? verdict.delayMs : undefined;
	return { says: `${verdict.type} ${verdict.reason}`, ...(delayMs !== undefined && { delayMs }) };
}

/**
 * The other classifier, out of its own package. It is given what its SDK throws: an error with the status, and the body
 * as message. It says `terminal` (no use to wait here), `retryable` (wait), `model not found` or `validation`; `none`
 * where it read the body and has no class for it; `unread` where it could not read it, `broken` where it failed over it.
 */
export async function loadOther(): Promise<(told: Told) => Opinion> {
	const utils = path.join(import.meta.dirname, 'node_modules/@google/gemini-cli-core/dist/src/utils');
	const classify = await load(path.join(utils, 'googleQuotaErrors.js'), 'classifyGoogleError');
	const parse = await load(path.join(utils, 'googleErrors.js'), 'parseGoogleApiError');
	return ({ status, text }) => {
		const thrown = Object.assign(new Error(text), { name: 'ApiError', status });
		let found: unknown;
		try {
			found = classify(thrown);
		} catch {
			return { says: 'broken' };
		}
		const name = isFields(found) && typeof found['name'] === 'string' ? found['name'] : '';
		const delay = isFields(found) ? found['retryDelayMs'] : undefined;
		const says = classes.get(name) ?? (isFields(parse(thrown)) ? 'none' : 'unread');
		return { says, ...(typeof delay === 'number' && { delayMs: delay }) };
	};
}

const classes = new Map([
	['TerminalQuotaError', 'terminal'],
	['RetryableQuotaError', 'retryable'],
	['ModelNotFoundError', 'model not found'],
	['ValidationRequiredError', 'validation'],
]);

async function load(file: string, name: string): Promise<(error: unknown) => unknown> {
	const found: unknown = await import(pathToFileURL(file).href);
	const member: unknown = typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
	if (!isFunction(member)) throw new Error(`The other classifier has no ${name} any more.`);
	return member;
}

function isFunction(value: unknown): value is (error: unknown) => unknown {
	return typeof value === 'function';
}
