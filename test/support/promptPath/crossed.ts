import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What work has run of src. */
export interface Crossed {
	/** Files with a function that ran, from src. */
	readonly files: readonly string[];
	/** Functions of src that hand on each of `pieces` pieces as an async iterator, as `file:line name`. */
	readonly iterators: readonly string[];
}

const root = path.resolve(__dirname, '../../..');

/**
 * Runs `work`, which streams `pieces` pieces in the end, under V8's precise coverage. The simulator is the far side, and no part of it.
 * An async iterator hands on a piece where an async generator has a part that ran for each of them or delegates (`yield*`), or
 * where a method `next` ran for each.
 */
export async function crossedBy(work: () => Promise<unknown>, pieces: () => number): Promise<Crossed> {
	const session = new Session();
	session.connect();
	await session.post('Debugger.enable');
	await session.post('Profiler.enable');
	await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
	await work();
	const { result } = await session.post('Profiler.takePreciseCoverage');
	const files = new Set<string>();
	const iterators: string[] = [];
	for (const { url, scriptId, functions } of result) {
		const file = url.startsWith('file:') ? path.relative(root, fileURLToPath(url)) : path.relative(root, url);
		if (!file.startsWith('src/') || file.startsWith('src/simulator/')) continue;
		const { scriptSource: text } = await session.post('Debugger.getScriptSource', { scriptId });
		for (const { functionName, ranges } of functions) {
			const [whole] = ranges;
			if (!whole || whole.count === 0 || whole.startOffset === 0) continue;
			const own = text.slice(whole.startOffset, whole.endOffset);
			// Helpers that the compiler adds: names of functions, and getters of what a file exports.
			if (functionName === '__name' || own === `()=>${functionName}` || own === '()=>from[key]') continue;
			files.add(file);
			const isGenerator = /^async\s*\*|^async function\s*\*/.test(own);
			const isNext =
				/^(?:async )?next\(/.test(own) || /\bnext:(?:__name\()?$/.test(text.slice(0, whole.startOffset).slice(-16));
			const isPerPiece = ranges.some(({ count }) => count >= pieces());
			if (isGenerator ? isPerPiece || own.includes('yield*') : isNext && isPerPiece)
				iterators.push(`${file} ${functionName}`);
		}
	}
	session.disconnect();
	return { files: [...files].sort(), iterators: iterators.sort() };
}
