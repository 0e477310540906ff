import type { TeamServer } from '../../../src/team/valkey/server';

/** What a process needs to be a machine of the team. */
export interface Begin {
	readonly machine: string;
	readonly team: string;
	readonly server: TeamServer;
	/** The machine's own disk, which outlives the process. */
	readonly folder: string;
	readonly model: string;
	readonly keys: readonly string[];
	readonly rpm: number;
	/** Of the clock that all have. */
	readonly speed: number;
	readonly base: number;
	/** Machines that the disk remembers. */
	readonly machines: number;
}

/** What the test tells a machine. */
export type Order =
	| { readonly is: 'begin'; readonly begin: Begin }
	| { readonly is: 'ask' }
	| { readonly is: 'reply'; readonly call: number; readonly status: number }
	/** Nothing more is asked; what is known is to be told until it is the same everywhere. */
	| { readonly is: 'tell' };

/** What a machine tells the test. */
export type Report =
	/** Whether it goes on without the server; before it has looked, it waits. */
	| { readonly is: 'away'; readonly isAway: boolean; readonly at: number }
	| { readonly is: 'call'; readonly call: number; readonly key: string; readonly at: number }
	| { readonly is: 'machines'; readonly count: number }
	| { readonly is: 'answered' }
	| { readonly is: 'known'; readonly counts: readonly number[] }
	| { readonly is: 'error'; readonly text: string };
