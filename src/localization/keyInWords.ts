import type { Reason } from '../pool/pool';

/** Reasons that are told of "this key" or of its project, which is none of several. */
const ofOneKey = /^(?:badKey|billing|blocked|denied|leaked|modelDenied|serviceDisabled|suspended)$/;

interface NamedEnd {
	readonly reason: Reason;
	readonly attempts: readonly { readonly outcome: 'answered' | Reason; readonly label: string }[];
}

/** With the name of the key that it is about: for the person alone, as no program is told one. */
export function withKey(text: string, { reason, attempts }: NamedEnd): string {
	const last = attempts.at(-1);
	return last?.outcome === reason && ofOneKey.test(reason) ? `${last.label}: ${text}` : text;
}
