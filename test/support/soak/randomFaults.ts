import type { Failing, Fault } from '../../../src/simulator/service';

/** What goes wrong, and how often in a thousand calls. */
const table: readonly (readonly [perThousand: number, failing: Failing])[] = [
	[25, { kind: 'reset' }],
	[20, { kind: 'latency', beforeHeaders: 4_000, betweenPieces: 2_000 }],
	[15, { kind: 'cutStream', afterPieces: 1 }],
	[10, { kind: 'cutStream', afterPieces: 0 }],
	[10, { kind: 'cutEvent', afterPieces: 1 }],
	[10, { kind: 'silentEnd', afterPieces: 1 }],
	[10, { kind: 'brokenJson', afterPieces: 1 }],
	[10, { kind: 'emptyBody' }],
	[10, { kind: 'html', status: 502 }],
	[10, { kind: 'error', body: '503_overloaded' }],
	[10, { kind: 'error', body: '500_internal' }],
	[10, { kind: 'error', body: '429_rpm_free' }],
	[5, { kind: 'error', body: '429_no_details' }],
	[5, { kind: 'error', body: '503_deadline_expired' }],
	[5, { kind: 'error', body: '503_overloaded', afterPieces: 1 }],
	[5, { kind: 'error', body: '500_internal', wrapping: 'double' }],
	[5, { kind: 'errorFrame', body: '503_overloaded', afterPieces: 1 }],
	[5, { kind: 'wordCode', afterPieces: 1 }],
	[5, { kind: 'blockedPrompt', reason: 'SAFETY' }],
	[5, { kind: 'finish', reason: 'SAFETY', afterPieces: 1 }],
	[3, { kind: 'hang' }],
	[3, { kind: 'hang', afterPieces: 1 }],
	[2, { kind: 'error', body: '400_location_not_supported' }],
	[2, { kind: 'redirect', to: 'https://elsewhere.invalid/' }],
];

/** Faults for so many calls: each call meets one of the table at most, by chance. */
export function randomFaults(calls: number, random: () => number): readonly Fault[] {
	const faults: Fault[] = [];
	for (let nth = 1; nth <= calls; nth++) {
		let at = random() * 1000;
		for (const [perThousand, failing] of table) {
			at -= perThousand;
			if (at >= 0) continue;
			faults.push({ when: { nth }, on: 'generation', ...failing });
			break;
		}
	}
	return faults;
}
