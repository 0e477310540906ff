import type { Body, Circumstances } from './bodies';

/** Error bodies that people reported in words, without a whole capture. */
export const rareBodies = {
	'400_quoted_words': () =>
		error(
			400,
			'INVALID_ARGUMENT',
			`Invalid JSON payload received. Unknown name "API key not valid. Please pass a valid API key.": Cannot find field. Unknown name "API_KEY_INVALID": Cannot find field.`,
		),
	'400_unquoted_words': () =>
		error(400, 'INVALID_ARGUMENT', 'Unknown name API key not valid: Cannot find field. Unknown name API_KEY_INVALID.'),
	'400_thought_signature_corrupted': () => error(400, 'INVALID_ARGUMENT', 'Corrupted thought signature.'),
	'400_thought_signature_invalid': () => error(400, 'INVALID_ARGUMENT', 'Invalid thought signature.'),
	'400_thought_signature_missing': () =>
		error(
			400,
			'INVALID_ARGUMENT',
			'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance.',
		),
	// As Google's page on signatures has it, and agents report it (https://github.com/openai/openai-agents-python/issues/2137).
	'400_thought_signature_missing_in_block': () =>
		error(
			400,
			'INVALID_ARGUMENT',
			'Unable to submit request because function call `default_api:read_file` in the 2. content block is missing a `thought_signature`.',
		),
	// In a session of gemini-cli with each request that follows (https://github.com/google-gemini/gemini-cli/issues/14368).
	'400_thought_signature_no_base64': () =>
		error(
			400,
			'INVALID_ARGUMENT',
			`Invalid value at 'contents[6].parts[0].thought_signature' (TYPE_BYTES), Base64 decoding failed for "CiQB0e2K…"`,
		),
	'400_thought_signature_not_valid': () => error(400, 'INVALID_ARGUMENT', 'Thought signature is not valid'),
	'402_spending_cap': () => error(402, 'FAILED_PRECONDITION', 'Your project has exceeded its spending cap.'),
	'403_billing_disabled': ({ consumer }) =>
		error(
			403,
			'PERMISSION_DENIED',
			`This API method requires billing to be enabled. Please enable billing on project #${consumer}.`,
			[errorInfo('BILLING_DISABLED', consumer)],
		),
	'403_consumer_invalid': ({ consumer }) =>
		error(403, 'PERMISSION_DENIED', `Permission denied: Consumer 'projects/${consumer}' is invalid.`, [
			errorInfo('CONSUMER_INVALID', consumer),
		]),
	'403_model_denied_names_project': ({ consumer }) =>
		error(403, 'PERMISSION_DENIED', 'The caller does not have permission', [
			errorInfo('IAM_PERMISSION_DENIED', consumer),
		]),
	'403_user_project_denied': ({ consumer }) =>
		error(403, 'PERMISSION_DENIED', 'Caller does not have required permission to use the project.', [
			errorInfo('USER_PROJECT_DENIED', consumer),
		]),
	'403_key_deleted': () => error(403, 'PERMISSION_DENIED', 'API key has been deleted.'),
	'403_project_suspended': () => error(403, 'PERMISSION_DENIED', 'Project 123 has been suspended.'),
	'403_account_suspended': () => error(403, 'PERMISSION_DENIED', 'Your account has been suspended.'),
	'403_permission_denied': () => error(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
	'503_retry_info': () =>
		error(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.', [
			{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1s' },
		]),
	'429_delay_in_words': () =>
		error(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted. Please retry in 6h39m37.4s.'),
	'429_interactions_per_day': ({ model }) =>
		spoken(
			`Rate limit exceeded for model ${model} (limit: 20 requests per day on Free Tier). Please retry in 12h47m5s.`,
		),
	'429_interactions_per_minute': ({ model }) =>
		spoken(`Rate limit exceeded for model ${model} (limit: 5 requests per minute on Free Tier). Please retry in 12s.`),
	'429_legacy_per_minute': ({ consumer }) =>
		error(
			429,
			'RESOURCE_EXHAUSTED',
			`Quota exceeded for quota metric 'Generate Content API requests per minute' and limit 'GenerateContent request limit per minute for a region' of service 'generativelanguage.googleapis.com' for consumer 'project_number:${consumer}'.`,
			[
				errorInfo('RATE_LIMIT_EXCEEDED', consumer, {
					quota_limit: 'GenerateContentRequestsPerMinutePerProjectPerRegion',
					quota_metric: 'generativelanguage.googleapis.com/generate_content_requests',
					quota_limit_value: '60',
					quota_location: 'europe-west1',
				}),
			],
		),
	'429_paid_rpd_no_value': ({ model }) => withoutValue(model, 'GenerateRequestsPerDayPerProjectPerModel-PaidTier1'),
	'429_paid_rpm_no_value': ({ model }) => withoutValue(model, 'GenerateRequestsPerMinutePerProjectPerModel-PaidTier3'),
	'429_rpd_no_value': ({ model }) => withoutValue(model, 'GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
	'429_rpm_no_value': ({ model }) => withoutValue(model, 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier'),
	'429_spending_cap': () => error(429, 'RESOURCE_EXHAUSTED', 'Your project has exceeded its spending cap.'),
} satisfies Record<string, (circumstances: Circumstances) => Body>;

function error(code: number, status: string, message: string, details?: readonly unknown[]): Body {
	return { status: code, json: { error: { code, message, status, ...(details && { details }) } } };
}

/** As the Interactions API words it: the code is a word, there are no details. */
function spoken(message: string): Body {
	return { status: 429, json: { error: { code: 'too_many_requests', message } } };
}

function errorInfo(reason: string, consumer: string, more: Readonly<Record<string, string>> = {}): unknown {
	return {
		'@type': 'type.googleapis.com/google.rpc.ErrorInfo',
		reason,
		domain: 'googleapis.com',
		metadata: { service: 'generativelanguage.googleapis.com', consumer: `projects/${consumer}`, ...more },
	};
}

/** One quota, whose limit the body leaves out. */
function withoutValue(model: string, quotaId: string): Body {
	return error(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota. Please retry in 31.5s.', [
		{
			'@type': 'type.googleapis.com/google.rpc.QuotaFailure',
			violations: [{ quotaId, quotaDimensions: { location: 'global', model } }],
		},
		{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '31s' },
	]);
}
