/** What the parent tells a window's process. Times in ms; `elapsed` by the monotonic clock that all share. */
export type Order =
	| {
			readonly is: 'begin';
			readonly folder: string;
			/** Names this process among all that were ever started. */
			readonly window: string;
			readonly start: number;
			readonly elapsed: number;
			/** How far this process's wall clock is ahead. */
			readonly ahead: number;
			readonly keys: readonly string[];
			readonly model: string;
			readonly limits: Readonly<Record<string, number>>;
	  }
	| { readonly is: 'advance'; readonly to: number }
	/** The machine slept: the wall clocks move, the monotonic one does not. */
	| { readonly is: 'slept'; readonly ms: number }
	| { readonly is: 'ask'; readonly priority: 'chat' | 'batch' }
	| { readonly is: 'resume' }
	| { readonly is: 'reply'; readonly call: number; readonly status: number; readonly body: string };

/** What a window's process tells its parent. */
export type Report =
	| { readonly is: 'ready' }
	| { readonly is: 'advanced'; readonly to: number; readonly paused: boolean; readonly busy: number }
	| { readonly is: 'call'; readonly call: number; readonly key: string; readonly lease: string; readonly at: number }
	| { readonly is: 'trouble'; readonly what: string };
