import { parseArgs } from 'node:util';
import { findScenario, idOf, readScenarios } from '../scenario';
import { secretOf } from './contract';
import { needsFastClock, scaleFor } from './pace';
import { serveScenario } from './server';

const usage = `A scenario's script on this machine, for a client in any language.

  npm run conformance -- serve <scenario> [options]

  --port <number>   port to listen on; 0 takes any free one (default 8788)
  --scale <number>  how many times faster everything goes (default: as the scenario's length asks for, 20 at least)
  --fast-clock      the client's own clock runs at the scale and begins where the scenario does: stated delays stay as
                    they are
  --list            the scenarios

The contract is test/conformance/README.md. Ends at POST /_stop or Ctrl+C: code 0 passed, 1 failed, 2 not understood.`;

/** A command line that cannot be followed; the message says why. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<number> {
	const { values, positionals } = parseArgs({
		args: [...args],
		allowPositionals: true,
		options: {
			port: { type: 'string', default: '8788' },
			scale: { type: 'string' },
			'fast-clock': { type: 'boolean', default: false },
			list: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help || (positionals.length === 0 && !values.list)) {
		console.log(usage);
		return values.help ? 0 : 2;
	}
	if (values.list) {
		for (const { file, scenarios } of readScenarios()) {
			console.log(file);
			for (const scenario of scenarios) {
				console.log(`  ${idOf(scenario)}${needsFastClock(scenario) ? ' (with --fast-clock alone)' : ''}`);
			}
		}
		return 0;
	}
	const scenario = findScenario(positionals.join(' '));
	if (!scenario) throw new UsageError('There is no such scenario; --list names them.');
	const clock = values['fast-clock'] ? 'fast' : 'real';
	if (clock === 'real' && needsFastClock(scenario)) {
		throw new UsageError('This scenario lasts hours and ends a day: it needs --fast-clock.');
	}
	const scale = values.scale === undefined ? scaleFor(scenario) : within('scale', values.scale, 1, 100_000);
	const serving = await serveScenario(scenario, {
		pace: { scale, clock },
		port: within('port', values.port, 0, 65_535),
	});
	console.log(`"${scenario.name}" answers at ${serving.url}, ${scale} times as fast.`);
	console.log(`Keys: ${Object.keys(scenario.keys).map(secretOf).join(',')}`);
	await Promise.race([
		serving.stopped,
		new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve)),
	]);
	const verdict = serving.verdict();
	for (const { kind, says } of verdict.differences) console.log(`${kind}: ${says}`);
	console.log(verdict.passed ? 'passed' : 'failed');
	await serving.close();
	return verdict.passed ? 0 : 1;
}

function within(name: string, text: string, least: number, most: number): number {
	const value = Number(text);
	if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most) {
		throw new UsageError(`--${name} is a number from ${least} to ${most}.`);
	}
	return value;
}

main(process.argv.slice(2)).then(
	(code) => {
		process.exitCode = code;
	},
	(error: unknown) => {
		const code = error instanceof Error && 'code' in error ? error.code : undefined;
		const says = error instanceof Error ? error.message : String(error);
		console.error(code === 'EADDRINUSE' ? 'The port is taken: choose another with --port, or 0 for any.' : says);
		process.exitCode = 2;
	},
);
