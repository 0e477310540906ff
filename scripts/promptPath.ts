import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

const root = path.resolve(__dirname, '..');
const file = path.join(root, 'docs/ARCHITECTURE.md');
const begin = '<!-- npm run prompt-path writes from here -->';
const end = '<!-- to here -->';

const Crossed = v.object({ files: v.array(v.string()), iterators: v.array(v.string()) });
const Path = v.object({ command: Crossed, chat: Crossed });

export type PromptPath = v.InferOutput<typeof Path>;

/** Sends one prompt in a process of its own, so that only what the prompt needs is loaded, and tells what ran. */
export function measured(): PromptPath {
	const prompt = path.join(root, 'test/support/promptPath/prompt.ts');
	const out = execFileSync(process.execPath, ['--require', 'tsx/cjs', prompt], { cwd: root, encoding: 'utf8' });
	return v.parse(Path, JSON.parse(out));
}

/** The document with the measured path between the markers. */
export function withPath(document: string, { command, chat }: PromptPath): string {
	const before = document.indexOf(begin);
	const after = document.indexOf(end, before);
	if (before < 0 || after < 0) throw new Error('docs/ARCHITECTURE.md has no markers for the path of a prompt');
	const more = chat.files.filter((one) => !command.files.includes(one)).length;
	const text = [
		`${command.files.length} files of \`src\`; \`Keypool: Ask…\` runs ${more} more, which keep and show the conversation:`,
		'',
		...byFolder(command.files),
		'',
		`Each streamed piece passes ${command.iterators.length} async iterators:`,
		'',
		...command.iterators.map((one) => `- \`${one.replace('src/', '').replace(' ', '` `')}\``),
	].join('\n');
	return `${document.slice(0, before)}${begin}\n\n${text}\n\n${document.slice(after)}`;
}

/** A line a folder, with the names of its files. */
function byFolder(files: readonly string[]): readonly string[] {
	const folders = new Map<string, string[]>();
	for (const one of files) {
		const folder = path.dirname(one);
		folders.set(folder, [...(folders.get(folder) ?? []), path.basename(one, '.ts')]);
	}
	return [...folders].map(([folder, names]) => `- \`${folder}\`: ${names.join(', ')}`);
}

if (require.main === module) writeFileSync(file, withPath(readFileSync(file, 'utf8'), measured()));
