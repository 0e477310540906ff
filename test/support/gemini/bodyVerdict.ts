import { failureOf } from '../../../src/gemini/errors/failure';
import { ServiceError } from '../../../src/gemini/errors/serviceError';
import type { FailureAction } from '../../../src/pool/pool';

/** The fields of an error body. */
export interface Body {
	readonly code: number | string;
	readonly message?: string;
	readonly status?: string;
	readonly reason?: string;
	readonly metadata?: Readonly<Record<string, string>>;
	readonly violations?: readonly (readonly [quotaId: string, quotaValue?: string, model?: string])[];
	readonly retryDelay?: string;
}

/** What an error body with these fields means, for a call of `gemini-asked`. */
export function actionOf({
	code,
	message = 'x',
	status,
	reason,
	metadata,
	violations,
	retryDelay,
}: Body): FailureAction {
	const details = [
		...(retryDelay ? [{ retryDelay }] : []),
		...(violations
			? [
					{
						violations: violations.map(([quotaId, quotaValue, model]) => ({
							quotaId,
							...(quotaValue && { quotaValue }),
							...(model && { quotaDimensions: { model } }),
						})),
					},
				]
			: []),
		...(reason ? [{ reason, ...(metadata && { metadata }) }] : []),
	];
	const body = JSON.stringify({ error: { code, message, status, details } });
	return failureOf(new ServiceError(body, typeof code === 'number' ? code : undefined), (text) => text, 'gemini-asked')
		.action;
}
