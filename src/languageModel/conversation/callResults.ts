import type { HostPart } from './hostParts';

export type HostCall = Extract<HostPart, { type: 'call' }>;
export type HostResult = Extract<HostPart, { type: 'result' }>;

/** Ties results to calls: each result goes to one call, the first before it that has its id and none yet. */
export class CallResults {
	private readonly byCall = new Map<HostCall, HostResult>();
	private readonly taken = new Set<HostResult>();

	constructor(steps: readonly (readonly HostPart[])[]) {
		const open: HostCall[] = [];
		for (const part of steps.flat()) {
			if (part.type === 'call') open.push(part);
			if (part.type !== 'result') continue;
			const at = open.findIndex(({ callId }) => callId === part.callId);
			const [call] = at === -1 ? [] : open.splice(at, 1);
			if (call === undefined) continue;
			this.byCall.set(call, part);
			this.taken.add(part);
		}
	}

	of(call: HostCall): HostResult | undefined {
		return this.byCall.get(call);
	}

	/** Whether a call has it. */
	has(result: HostResult): boolean {
		return this.taken.has(result);
	}
}
