import type { KeyRecord, ModelRecord } from '../types/stateStore';

/** Before anything is learnt: about four bytes a token. */
const firstRatio = 0.25;

/** Of a key, and of a model, of which nothing is written down yet. */
export const initialKeyRecord: KeyRecord = {
	v: 2,
	status: { state: 'unverified' },
	score: 100,
	lastUsed: 0,
	success: 0,
	fail: 0,
	tokens: { input: 0, output: 0 },
};

export const initialModelRecord: ModelRecord = {
	v: 2,
	overloadedUntil: 0,
	backoffLevel: 0,
	tokensPerByte: firstRatio,
	samples: 0,
};
