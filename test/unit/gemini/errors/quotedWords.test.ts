import assert from 'node:assert/strict';
import { actionOf } from '../../../support/gemini/bodyVerdict';

describe('gemini: words that are quoted, with a status that they do not come with', () => {
	const statuses = [400, 401, 402, 403, 404, 408, 413, 429, 500, 503, 504] as const;
	const telling: readonly (readonly [words: string, reason: string, seenWith: readonly number[]])[] = [
		['Your prepayment credits are depleted.', 'billing', [402, 429]],
		['Your project has exceeded its monthly spending cap.', 'billing', [402, 429]],
		['Your API key was reported as leaked.', 'leaked', [403]],
		['Consumer projects/1 has been suspended.', 'suspended', [403]],
		['CONSUMER_SUSPENDED', 'suspended', [403]],
		['Your project has been denied access.', 'denied', [403]],
		['API key not valid. Please pass a valid API key.', 'badKey', [400, 401, 403]],
		['API_KEY_INVALID', 'badKey', [400, 401, 403]],
		['ACCESS_TOKEN_TYPE_UNSUPPORTED', 'badKey', [401]],
		['SERVICE_DISABLED', 'serviceDisabled', [403]],
		['The API has not been used in project 1 before or it is disabled.', 'serviceDisabled', [403]],
		['API_KEY_SERVICE_BLOCKED', 'blocked', [403]],
		['User location is not supported for the API use.', 'region', [400, 403]],
		['This model is no longer available to new users.', 'tierLacksModel', [404]],
		['Deadline expired before operation could complete.', 'deadline', [408, 500, 503, 504]],
	];
	for (const [words, reason, seenWith] of telling) {
		it(words, () => {
			for (const code of statuses) {
				const action = actionOf({ code, message: words });
				if (seenWith.includes(code)) assert.equal(action.reason, reason, `with ${code}`);
				else assert.deepEqual(action, actionOf({ code, message: 'x' }), `with ${code}`);
			}
			assert.equal(actionOf({ code: '', message: words }).reason, reason, 'with none');
		});
	}

	it('quarantines nobody and pauses nothing where a request that is wrong quotes them', () => {
		for (const message of [
			`Invalid value at 'tools[0].function_declarations[0].name', "reported as leaked"`,
			'Unknown name "API key not valid. Please pass a valid API key.": Cannot find field.',
			'Unknown name "say "API key not valid" now": Cannot find field.',
			"Unknown name 'API_KEY_INVALID': Cannot find field.",
			'Unknown name “API key expired”',
			'Unknown name "Corrupted thought signature": Cannot find field.',
			`Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), "Invalid value at 'thought_signature'"`,
			'Unknown name "function call `a` in the 1. content block is missing a `thought_signature`": Cannot find field.',
			'Unknown name "User location is not supported": Cannot find field.',
		]) {
			const quoted = actionOf({ code: 400, status: 'INVALID_ARGUMENT', message });
			assert.deepEqual(quoted, { type: 'fail', reason: 'badRequest' }, message);
		}
	});

	it('are the service’s own behind an apostrophe', () => {
		assert.equal(actionOf({ code: 401, message: "This doesn't work: API key not valid." }).reason, 'badKey');
	});
});
