import { parseArgs } from 'node:util';
import { serve } from './http';
import { isScenarioName, optionsOf, scenarioNames, scenarioOf, type ScenarioName } from './scenario';
import { createService, systemClock, windowKinds, type WindowKind } from './service';

const usage = `A stand-in for the Gemini service, on this machine.

  --port <number>      port to listen on; 0 takes any free one (default 8787)
  --scenario <name>    which keys there are and what is wrong with them (default five-keys)
  --window <kind>      how a minute is counted: phased (60 s from a hidden moment of each project, the default), fixed
                       (the clock's minute), sliding (the last 60 s) or bucket (refilled evenly)
  --pace <ms>          time between two pieces of a streamed answer (default 40)
  --list               the scenarios and their keys
  --help               this text

A question with [short] in it gets one sentence, one with [long] about 10,000 tokens, and one with
[call name {"json"}] a call of that function where it is declared.`;

interface Plan {
	readonly port: number;
	readonly scenario: ScenarioName;
	/** Absent: the scenario's. */
	readonly window: WindowKind | undefined;
	readonly pace: number;
}

/** A command line that cannot be followed; the message says why. */
class UsageError extends Error {}

function read(args: readonly string[]): Plan | 'help' | 'list' {
	const { values } = parseArgs({
		args: [...args],
		options: {
			port: { type: 'string', default: '8787' },
			scenario: { type: 'string', default: 'five-keys' },
			window: { type: 'string' },
			pace: { type: 'string', default: '40' },
			list: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help || values.list) {
		return values.help ? 'help' : 'list';
	}
	const { scenario, window } = values;
	if (!isScenarioName(scenario)) {
		throw new UsageError(`--scenario is one of ${scenarioNames.join(', ')}.`);
	}
	const kind = windowKinds.find((one) => one === window);
	if (window !== undefined && !kind) {
		throw new UsageError(`--window is one of ${windowKinds.join(', ')}.`);
	}
	return { scenario, window: kind, port: whole('port', values.port, 65_535), pace: whole('pace', values.pace, 60_000) };
}

function whole(name: string, text: string, most: number): number {
	const value = Number(text);
	if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > most) {
		throw new UsageError(`--${name} is a whole number from 0 to ${most}.`);
	}
	return value;
}

async function main(args: readonly string[]): Promise<void> {
	const plan = read(args);
	if (plan === 'help') {
		console.log(usage);
		return;
	}
	if (plan === 'list') {
		for (const name of scenarioNames) {
			const { description, secrets } = scenarioOf(name);
			console.log(`${name}: ${description}\n  ${secrets.join(' ')}`);
		}
		return;
	}
	const { port, window, pace } = plan;
	const scenario = scenarioOf(plan.scenario);
	const own = { clock: systemClock, chance: Math.random, pace, ...(window && { window }) };
	const service = createService(optionsOf(scenario, own));
	const server = await serve(service, { port });
	console.log(`The simulator answers at ${server.url} (${plan.scenario}: ${scenario.description}).`);
	console.log(`Keys: ${scenario.secrets.join(',')}`);
	const stop = (): void => void server.close();
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

main(process.argv.slice(2)).catch((error: unknown) => {
	const message = error instanceof Error ? error.message : String(error);
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	console.error(code === 'EADDRINUSE' ? 'The port is taken: choose another with --port, or 0 for any.' : message);
	process.exitCode = 1;
});
