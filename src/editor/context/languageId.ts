/** What models call languages, and VS Code's ids for them. */
const aliases: Readonly<Record<string, string>> = {
	bash: 'shellscript',
	'c#': 'csharp',
	'c++': 'cpp',
	cs: 'csharp',
	docker: 'dockerfile',
	golang: 'go',
	js: 'javascript',
	jsx: 'javascriptreact',
	kt: 'kotlin',
	md: 'markdown',
	ps1: 'powershell',
	py: 'python',
	rb: 'ruby',
	rs: 'rust',
	sh: 'shellscript',
	shell: 'shellscript',
	ts: 'typescript',
	tsx: 'typescriptreact',
	yml: 'yaml',
	zsh: 'shellscript',
};

/** VS Code's id of a language as a fence names it; plain text where this VS Code does not know it. */
export function languageIdOf(name: string, known: readonly string[]): string {
	const lower = name.toLowerCase();
	const id = Object.hasOwn(aliases, lower) ? aliases[lower] : lower;
	return id !== undefined && known.includes(id) ? id : 'plaintext';
}
