import type { HostPart } from './hostParts';

export type HostCall = Extract<HostPart, { type: 'call' }>;
export type HostResult = Extract<HostPart, { type: 'result' }>;

/** Ties results to calls: each result goes to one call, the first before it that has its id and none yet. */
export class CallResults {
	private readonly byCall = new Map<HostCall, HostResult>();
	private readonly taken = new Set<HostResult>();

	/** The model calls, and the user brings results: the reverse counts for nothing. */
	constructor(steps: readonly { readonly role: 'user' | 'assistant'; readonly parts: readonly HostPart[] }[]) {
		const open: HostCall[] = [];
		for (const { role, part } of steps.flatMap(({ role, parts }) => parts.map((part) => ({ role, part })))) {
			if (part.type === 'call' && role === 'assistant') open.push(part);
			if (part.type !== 'result' || role !== 'user') continue;
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
