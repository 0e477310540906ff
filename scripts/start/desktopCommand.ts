/** How a desktop VS Code is started. */
interface Start {
	readonly file: string;
	readonly args: readonly string[];
	readonly shell: boolean;
}

/**
 * On Windows `code` is a batch file, which only a shell starts; that one splits at each space which stands in no quotes, and
 * `Microsoft VS Code` has two.
 */
export function startOf(command: string, args: readonly string[], platform: NodeJS.Platform): Start {
	if (platform !== 'win32') return { file: command, args, shell: false };
	return { file: [command, ...args].map((part) => `"${part}"`).join(' '), args: [], shell: true };
}
