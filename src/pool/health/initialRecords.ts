import type { KeyRecord, ModelRecord } from '../types/stateStore';

/** Initial tokens per byte: about four bytes a token. */
const firstRatio = 0.25;

/** The record of a key for which none is stored. */
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
