import { lowest, type Strategy } from './strategy';

/** Most remaining quota first; a key with no known limit counts as untouched. Ties go to the least recently used. */
export const headroom: Strategy<null> = {
	start: null,
	rank: (input) =>
		lowest(
			input,
			({ status }) => -status.headroom,
			({ record }) => record.lastUsed,
		),
	onGranted: () => null,
	onReordered: () => null,
};
