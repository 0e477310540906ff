import { strategyNames, type Budget, type StrategyName } from '../pool/pool';
import { isModelName, maxModels, modelNamesIn, type ClientRules } from '../gateway/gateway';
import { listenPlanOf, type ListenPlan } from './listenPlan';
import { UsageError } from './usageError';

export const usage = `Keypool's gateway without VS Code: one address at which your tools use all of your Gemini keys.

  node dist/gateway.js [options]                    serves until it is told to stop
  node dist/gateway.js token add <name> [rules]     lets a tool in; prints its token, this once
  node dist/gateway.js token rotate <name>          a new token; the old one works for ten minutes more
  node dist/gateway.js token revoke <name>
  node dist/gateway.js token list

Keys come from GEMINI_API_KEYS (separated by commas, semicolons or spaces), GEMINI_API_KEY and GOOGLE_API_KEY; those of paid
projects from KEYPOOL_PAID_KEYS. Each is read from the environment or, if it is not set there, from --keys-file. None is stored.

Options
  --port <number>            port on 127.0.0.1 and ::1; 0 takes any free one (default 8642)
  --keys-file <file>         a .env file with keys (default .env in this folder, where there is one)
  --data <folder>            tokens, as hashes in a file for you alone, and the record of quotas (default ~/.keypool)
  --strategy <name>          ${strategyNames.join(', ')} (default headroom)
  --paid-keys <when>         last, mixed or first (default last)
  --paid-only                keys of paid projects only
  --budget-per-day <dollars>    most that all paid keys may cost in a Pacific day; a request beyond it is refused (default none)
  --budget-per-month <dollars>  the same in a Pacific month
  --fallback-models <names>  models that may answer in place of the wanted one (default none)
  --max-wait <seconds>       longest wait for a key (default 120)
  --base-url <address>       another address of the service; your keys go there
  --log <level>              error, warn, info, debug or trace (default info)
  --resume                   for one start, after you have looked: lifts a pause, and lets stopped keys and tools go on
  --help                     this text

For a team (docs/TEAM-GATEWAY.md)
  --listen <address>         IP address to listen on, such as 0.0.0.0; beyond this computer with TLS or behind a proxy only
  --tls-cert <file>          certificate with its chain (PEM); requests must name a host that stands in it
  --tls-key <file>           its key (PEM)
  --behind-proxy <names>     host names of the proxy in front, which has to do TLS
  --allow-origins <origins>  web pages that may ask, such as https://*.vscode-cdn.net for vscode.dev (default none)
  --drain-delay <seconds>    after SIGTERM, how long requests are still taken while /readyz answers 503 (default 6; 0 without a team)

Rules of a token
  --keys <tier>              free, paid or any (default any; paid where the token is for somebody else)
  --models <names>           models that it may ask for (default all)
  --parallel <number>        requests at the same time (default 8)
  --requests-per-day <n>     in a Pacific day
  --dollars-per-day <n>      most that it may cost in a Pacific day; a request that could cost more is refused
  --batch                    it works in batches: an expensive hour does not stop it
  --expires-in <days>
  --owner <who>              whose it is, where it is for somebody else

Replicas on several machines share quotas, budgets and tokens through a team's server: KEYPOOL_TEAM is its invitation.

Routes: /v1beta and /v1 as Gemini has them; /v1 and /v1beta/openai as OpenAI has them; /keypool/status, which tells a token
how it stands; /healthz, /readyz, /metrics (which asks for KEYPOOL_METRICS_TOKEN as a bearer token, where that is set in the
environment; a team's is closed without one).`;

export const logLevels = ['error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What the command line says, as strings: what Node's own parser makes of it. */
export interface RawArguments {
	readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
	readonly positionals: readonly string[];
}

export const options = {
	port: { type: 'string' },
	'keys-file': { type: 'string' },
	data: { type: 'string' },
	strategy: { type: 'string' },
	'paid-keys': { type: 'string' },
	'paid-only': { type: 'boolean' },
	'budget-per-day': { type: 'string' },
	'budget-per-month': { type: 'string' },
	'fallback-models': { type: 'string', multiple: true },
	'max-wait': { type: 'string' },
	'base-url': { type: 'string' },
	log: { type: 'string' },
	resume: { type: 'boolean' },
	listen: { type: 'string' },
	'tls-cert': { type: 'string' },
	'tls-key': { type: 'string' },
	'behind-proxy': { type: 'string', multiple: true },
	'allow-origins': { type: 'string', multiple: true },
	'drain-delay': { type: 'string' },
	help: { type: 'boolean', short: 'h' },
	keys: { type: 'string' },
	models: { type: 'string', multiple: true },
	parallel: { type: 'string' },
	'requests-per-day': { type: 'string' },
	'dollars-per-day': { type: 'string' },
	batch: { type: 'boolean' },
	'expires-in': { type: 'string' },
	owner: { type: 'string' },
} as const;

export interface ServePlan {
	readonly type: 'serve';
	readonly port: number;
	readonly listen: ListenPlan;
	readonly envFile: string | undefined;
	readonly data: string | undefined;
	readonly strategy: StrategyName;
	readonly paidKeys: 'last' | 'mixed' | 'first';
	readonly paidOnly: boolean;
	/** Over all paid keys. */
	readonly budget: Budget;
	readonly fallbackModels: readonly string[];
	readonly maxWaitMs: number;
	readonly baseUrl: string | undefined;
	readonly log: LogLevel;
	/** A person has looked at what was stopped. */
	readonly resume: boolean;
}

export type Plan =
	| { readonly type: 'help' }
	| ServePlan
	| ({ readonly type: 'token'; readonly data: string | undefined } & TokenAct);

export type TokenAct =
	| { readonly act: 'list' }
	| { readonly act: 'rotate' | 'revoke'; readonly name: string }
	| {
			readonly act: 'add';
			readonly name: string;
			readonly rules: Partial<ClientRules>;
			readonly expiresInDays: number | undefined;
			readonly owner: string | undefined;
	  };

/** What only `token add` takes. */
const ruleNames = new Set('keys models parallel requests-per-day dollars-per-day batch expires-in owner'.split(' '));

/** ms. */
export const dayMs = 86_400_000;

/** @throws UsageError */
export function planOf({ values, positionals }: RawArguments): Plan {
	const text = (name: keyof typeof options): string | undefined => {
		const value = values[name];
		if (Array.isArray(value)) return value.join(',');
		return typeof value === 'string' ? value : undefined;
	};
	if (values['help'] === true) return { type: 'help' };
	const data = text('data');
	if (data?.trim() === '') throw new UsageError('--data is a folder.');
	const given = Object.keys(values).filter((one) => one !== 'data');
	const [command, act, name, ...more] = positionals;
	if (command === undefined) {
		const rule = given.find((one) => ruleNames.has(one));
		if (rule !== undefined) {
			throw new UsageError(
				`--${rule} is a rule of a token: node dist/gateway.js token add <name> takes it. The whole gateway has --budget-per-day, --paid-only and others: see --help.`,
			);
		}
		return {
			type: 'serve',
			data,
			port: whole('port', text('port') ?? '8642', 0, 65_535),
			listen: listenPlanOf(text),
			envFile: text('keys-file'),
			strategy: oneOf('strategy', text('strategy') ?? 'headroom', strategyNames),
			paidKeys: oneOf('paid-keys', text('paid-keys') ?? 'last', ['last', 'mixed', 'first'] as const),
			paidOnly: values['paid-only'] === true,
			budget: {
				...dollarsAs('day', dollars('budget-per-day', text('budget-per-day'))),
				...dollarsAs('month', dollars('budget-per-month', text('budget-per-month'))),
			},
			fallbackModels: namesIn('fallback-models', text('fallback-models')) ?? [],
			maxWaitMs: whole('max-wait', text('max-wait') ?? '120', 0, 86_400) * 1000,
			baseUrl: text('base-url'),
			log: oneOf('log', text('log') ?? 'info', logLevels),
			resume: values['resume'] === true,
		};
	}
	if (command !== 'token' || more.length > 0) throw new UsageError(`There is no command ${positionals.join(' ')}.`);
	const isNamed = act === 'add' || act === 'rotate' || act === 'revoke';
	if (name === undefined ? act !== 'list' : !isNamed) {
		throw new UsageError('token takes add, rotate or revoke with a name, or list.');
	}
	const useless = given.find((one) => act !== 'add' || !ruleNames.has(one));
	if (useless !== undefined) throw new UsageError(`token ${act} takes no --${useless}.`);
	if (name === undefined || !isNamed) return { type: 'token', data, act: 'list' };
	if (act !== 'add') return { type: 'token', data, act, name };
	return {
		type: 'token',
		data,
		act,
		name,
		rules: { ...rulesOf(text), ...(values['batch'] === true && { batch: true }) },
		expiresInDays: optional('expires-in', text('expires-in'), 36_500),
		owner: text('owner'),
	};
}

function rulesOf(text: (name: keyof typeof options) => string | undefined): Partial<ClientRules> {
	const [keys, models] = [text('keys'), namesIn('models', text('models'))];
	const parallel = optional('parallel', text('parallel'), 64);
	if (models?.length === 0) throw new UsageError('--models names at least one model.');
	if (models && models.length > maxModels) throw new UsageError(`--models names ${maxModels} models at most.`);
	const requestsPerDay = optional('requests-per-day', text('requests-per-day'), 1_000_000_000);
	const dollarsPerDay = dollars('dollars-per-day', text('dollars-per-day'));
	return {
		...(keys !== undefined && { keys: oneOf('keys', keys, ['free', 'paid', 'any'] as const) }),
		...(models && { models }),
		...(parallel !== undefined && { parallel }),
		...(requestsPerDay !== undefined && { requestsPerDay }),
		...(dollarsPerDay !== undefined && { dollarsPerDay }),
	};
}

function namesIn(option: keyof typeof options, text: string | undefined): readonly string[] | undefined {
	const names = text === undefined ? undefined : modelNamesIn(text);
	if (names?.every(isModelName) === false) {
		throw new UsageError(`--${option} takes names of models, such as gemini-flash-latest, separated by commas.`);
	}
	return names;
}

function optional(name: string, text: string | undefined, max: number): number | undefined {
	return text === undefined ? undefined : whole(name, text, 1, max);
}

function whole(name: string, text: string, min: number, max: number): number {
	const value = Number(text);
	if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
		throw new UsageError(`--${name} is a whole number from ${min} to ${max}.`);
	}
	return value;
}

function dollars(name: string, text: string | undefined): number | undefined {
	const value = Number(text);
	if (text === undefined) return undefined;
	if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
		throw new UsageError(`--${name} is a number of dollars.`);
	}
	return value;
}

function dollarsAs(period: 'day' | 'month', value: number | undefined): Budget {
	return value === undefined ? {} : { [period]: value };
}

function oneOf<T extends string>(name: string, text: string, allowed: readonly T[]): T {
	const found = allowed.find((one) => one === text);
	if (found === undefined) throw new UsageError(`--${name} is one of ${allowed.join(', ')}.`);
	return found;
}
