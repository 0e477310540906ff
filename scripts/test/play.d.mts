export interface Stage {
	readonly name: string;
	readonly commands: readonly (readonly string[])[];
	readonly counts?: boolean;
	readonly after?: string;
	readonly slots?: number;
	readonly env?: Readonly<Record<string, string>>;
	readonly node?: () => string;
	/** The commands that play one file of the stage alone. */
	readonly replay?: (file: string) => readonly (readonly string[])[];
}

export interface Result {
	readonly stage: Stage;
	readonly passed: number;
	readonly failed: number;
	readonly failures: readonly { readonly file: string; readonly title: string; readonly reason: string }[];
	readonly seconds: number;
	readonly output: string;
}

export function playAll(
	stages: readonly Stage[],
	options: { readonly width: number; readonly show?: (text: string) => void },
): Promise<readonly Result[]>;
export function playStage(stage: Stage): Promise<Result>;
