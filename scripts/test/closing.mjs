// The last lines of a run: what failed once more, a line for each stage, the flaky files, and `N passed, N failed`.
import { maxFlaky } from './replay.mjs';

export function closing(results, flaky, seconds) {
	const sum = (field) => results.reduce((total, result) => total + result[field], 0);
	const broken = results.filter((result) => result.failed > 0);
	const tooMany = flaky.length > maxFlaky;
	const failed = sum('failed') + (tooMany ? 1 : 0);
	const lines = [
		// Again, at the end: who sees only the end of a long log sees what broke.
		...(broken.length > 0 ? [`\n── what failed`] : []),
		...broken.map(({ stage, output }) => `${stage.name}:\n${failures(output)}`),
		'',
		...results.map(({ stage, passed, failed: bad, seconds: took }) => {
			return `${bad === 0 ? '✔' : '✖'} ${stage.name}: ${passed} ok, ${bad} not, ${took.toFixed(1)} s`;
		}),
		...(tooMany ? [`✖ ${flaky.length} files were flaky, and a run may have ${maxFlaky}`] : []),
		`${seconds.toFixed(0)} s in all`,
		...flaky.map(({ title, reason, failed: count, file, outputs }) => {
			return `flaky: ${title}: ${reason} (${count} of ${file}; see ${outputs}.*.txt)`;
		}),
		`${sum('passed')} passed, ${failed} failed`,
	];
	return { text: lines.join('\n'), failed };
}

/** What Mocha says of its failures, or the end of what another command printed. */
function failures(output) {
	const at = output.search(/^ +\d+ failing$/m);
	return at === -1 ? output.slice(-4_000) : output.slice(at, at + 20_000);
}
