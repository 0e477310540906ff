/** What `npm audit --json` writes, as far as it is read here. */
export interface Report {
	readonly vulnerabilities?: Readonly<
		Record<
			string,
			{
				readonly nodes?: readonly string[];
				readonly via?: readonly (
					| string
					| { readonly title: string; readonly severity: string; readonly url: string }
				)[];
			}
		>
	>;
	/** Why there is no list. */
	readonly message?: string;
}

/** What an audit found in the packages of these folders, in a sentence each. Throws where it has no list. */
export function vulnerabilities(report: Report, shipped: readonly string[]): readonly string[];
