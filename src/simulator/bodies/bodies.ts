import { exhausted, unavailable } from './quotaBodies';
import { rareBodies } from './rareBodies';

/** What a body may mention of the call that it answers. */
export interface Circumstances {
	/** The whole key: the suspension body really repeats it. */
	readonly secret: string;
	/** The project's number, as `projects/<number>` names it. */
	readonly consumer: string;
	/** Resolved. */
	readonly model: string;
	/** As the caller wrote it. */
	readonly requestedModel: string;
	/** `GenerateContent`, `StreamGenerateContent`, `ListModels` … */
	readonly rpc: string;
	readonly version: string;
}

export interface Body {
	/** HTTP status. */
	readonly status: number;
	readonly json: unknown;
}

const service = 'generativelanguage.googleapis.com';
const rpcPrefix = 'google.ai.generativelanguage.v1beta';

function error(code: number, status: string, message: string, details?: readonly unknown[]): Body {
	return { status: code, json: { error: { code, message, status, ...(details && { details }) } } };
}

function errorInfo(reason: string, metadata: Record<string, string>): unknown {
	return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com', metadata };
}

function localized(message: string): unknown {
	return { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message };
}

/** A key that the service does not know, or does not know any more. */
export function invalidKey(message = invalid): Body {
	return error(400, 'INVALID_ARGUMENT', message, [errorInfo('API_KEY_INVALID', { service }), localized(message)]);
}

/** Full name of the method, as bodies that refuse a key spell it. */
function methodName(rpc: string): string {
	return `${rpcPrefix}.${rpc.endsWith('GenerateContent') ? 'GenerativeService' : 'ModelService'}.${rpc}`;
}

function serviceBlocked({ rpc, consumer }: Circumstances): Body {
	const message = `Requests to this API ${service} method ${methodName(rpc)} are blocked.`;
	const metadata = { consumer: `projects/${consumer}`, service, apiName: service, methodName: methodName(rpc) };
	return error(403, 'PERMISSION_DENIED', message, [errorInfo('API_KEY_SERVICE_BLOCKED', metadata), localized(message)]);
}

function serviceDisabled({ consumer }: Circumstances): Body {
	const url = `https://console.developers.google.com/apis/api/${service}/overview?project=${consumer}`;
	return error(
		403,
		'PERMISSION_DENIED',
		`Generative Language API has not been used in project ${consumer} before or it is disabled. Enable it by visiting ${url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`,
		[
			{
				'@type': 'type.googleapis.com/google.rpc.Help',
				links: [{ description: 'Google developers console API activation', url }],
			},
			errorInfo('SERVICE_DISABLED', { consumer: `projects/${consumer}`, service }),
		],
	);
}

function tokenTypeUnsupported({ rpc }: Circumstances): Body {
	return error(
		401,
		'UNAUTHENTICATED',
		'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
		[
			{
				'@type': 'type.googleapis.com/google.rpc.ErrorInfo',
				reason: 'ACCESS_TOKEN_TYPE_UNSUPPORTED',
				metadata: { method: methodName(rpc), service },
			},
		],
	);
}

const expired = 'API key expired. Please renew the API key.';
const invalid = 'API key not valid. Please pass a valid API key.';

/** Every error body that the simulator knows; where there is a capture in test/fixtures/errors, under its name. */
const templates = {
	'400_api_key_expired': () => invalidKey(expired),
	'400_api_key_invalid': () => invalidKey(),
	'400_api_key_invalid_array': () => wrapped(invalidKey()),
	'400_input_tokens_exceed_model': () =>
		wrapped(
			error(400, 'INVALID_ARGUMENT', 'The input token count exceeds the maximum number of tokens allowed (1048576).'),
		),
	'400_location_not_supported': () =>
		error(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
	'400_multiple_credentials_interactions': () => multipleCredentials(),
	'401_access_token_type_unsupported': tokenTypeUnsupported,
	'403_api_key_service_blocked': serviceBlocked,
	'403_consumer_suspended': ({ secret, consumer }) =>
		error(403, 'PERMISSION_DENIED', `Permission denied: Consumer 'api_key:${secret}' has been suspended.`, [
			errorInfo('CONSUMER_SUSPENDED', { service, consumer: `projects/${consumer}` }),
		]),
	'403_leaked_key': () =>
		error(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.'),
	'403_project_denied': () =>
		error(403, 'PERMISSION_DENIED', 'Your project has been denied access. Please contact support.'),
	'403_service_disabled': serviceDisabled,
	'404_model_not_found': ({ requestedModel, version, rpc }) =>
		error(
			404,
			'NOT_FOUND',
			`models/${requestedModel} is not found for API version ${version}, or is not supported for ${verb(rpc)}. Call ListModels to see the list of available models and their supported methods.`,
		),
	'404_model_retired': ({ requestedModel }) =>
		error(
			404,
			'NOT_FOUND',
			`This model models/${requestedModel} is no longer available to new users. Please update your code to use a newer model for the latest features and improvements.`,
		),
	'429_limit0_pro_free': ({ model }) => unavailable(model, 24_227_450),
	'429_monthly_spend_cap': () =>
		error(
			429,
			'RESOURCE_EXHAUSTED',
			'Your project has exceeded its monthly spending cap. Please go to AI Studio at https://ai.studio/spend',
		),
	'429_no_details': () => error(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
	'429_paid_tpm': ({ model }) => exhausted('paid', model, [{ limit: 'tpm', value: 2_000_000 }], 43_210),
	'429_prepay_depleted': () =>
		error(
			429,
			'RESOURCE_EXHAUSTED',
			'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.',
		),
	'429_rpd_free_flash_long_delay': ({ model }) =>
		exhausted('free', model, [{ limit: 'rpd', value: 20 }], 23_977_426.631617),
	'429_rpd_free_flash_short_delay': ({ model }) =>
		exhausted('free', model, [{ limit: 'rpd', value: 20 }], 38_909.23309),
	'429_rpm_free': ({ model }) => exhausted('free', model, [{ limit: 'rpm', value: 5 }], 30_467.058293),
	'429_rpm_free_python_repr': ({ model }) => exhausted('free', model, [{ limit: 'rpm', value: 5 }], 50_123.456789),
	'429_tpm_free': ({ model }) => exhausted('free', model, [{ limit: 'tpm', value: 250_000 }], 46_401.471396),
	'500_internal': () =>
		error(
			500,
			'INTERNAL',
			'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
		),
	'503_deadline_expired': () => error(503, 'UNAVAILABLE', 'Deadline expired before operation could complete.'),
	'503_overloaded': () => error(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
	...rareBodies,
} satisfies Record<string, (circumstances: Circumstances) => Body>;

export type BodyName = keyof typeof templates;

export const bodyNames: readonly BodyName[] = Object.keys(templates).filter(isBodyName);

export function isBodyName(name: string): name is BodyName {
	return Object.hasOwn(templates, name);
}

export function createBody(name: BodyName, circumstances: Circumstances): Body {
	return templates[name](circumstances);
}

/** A key in more than one place. The code is a word here. */
export function multipleCredentials(): Body {
	const message = 'Multiple authentication credentials received. Please pass only one.';
	return { status: 400, json: { error: { code: 'invalid_request', message } } };
}

/** A caller without a key. */
export function unregisteredCaller(): Body {
	return error(
		403,
		'PERMISSION_DENIED',
		"Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
	);
}

export function badRequest(message: string): Body {
	return error(400, 'INVALID_ARGUMENT', message);
}

export function notFound(): Body {
	return error(404, 'NOT_FOUND', 'Requested entity was not found.');
}

/** `[{"error": …}]`, as streams without `alt=sse` and some front ends answer. */
export function wrapped({ status, json }: Body): Body {
	return { status, json: Array.isArray(json) ? json : [json] };
}

/** The whole body as text inside another body's `error.message`. */
export function doubleEncoded({ status, json }: Body): Body {
	return {
		status,
		json: { error: { message: JSON.stringify(json, undefined, 2), code: status, status: statusText(status) } },
	};
}

const statusTexts: Readonly<Record<number, string>> = {
	200: 'OK',
	302: 'Found',
	400: 'Bad Request',
	401: 'Unauthorized',
	402: 'Payment Required',
	403: 'Forbidden',
	404: 'Not Found',
	429: 'Too Many Requests',
	500: 'Internal Server Error',
	503: 'Service Unavailable',
};

export function statusText(status: number): string {
	return statusTexts[status] ?? '';
}

/** `StreamGenerateContent` is spoken of as `streamGenerateContent`. */
function verb(rpc: string): string {
	return rpc.charAt(0).toLowerCase() + rpc.slice(1);
}
