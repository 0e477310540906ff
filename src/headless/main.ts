import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { decodedText } from '../common/decodedText';
import { ClientError, isPartlyRead, TokenRegistry } from '../gateway/gateway';
import { validateBaseUrl } from '../gemini/request/address';
import { describeRefusedAddress } from '../keys/endpoint/serviceHost';
import { assignmentsIn } from '../keys/import/dotenv';
import type { LogChannel } from '../monitoring/log/log';
import { hostsInCertificate, isKeyOf, lifetimeOf } from '../node/certificate';
import { ClientFile } from '../node/clientFile';
import { serveGateway, type GatewayServer } from '../node/http/gatewayServer';
import { httpSend } from '../node/http/httpSend';
import { machineClock } from '../node/machineClock';
import { machineCount } from '../node/machineCount';
import { machineName } from '../node/machineName';
import { makeFolder } from '../node/makePrivate';
import { PortError } from '../node/http/pageServer';
import { SqliteBackend } from '../node/sqlite/sqliteBackend';
import { systemClock } from '../node/systemClock';
import { TeamError } from '../team/link/link';
import { teamVariable } from '../team/openTeamStore';
import { logLevels, planOf, usage, type LogLevel, type Plan, type ServePlan } from './arguments';
import { Departure } from './departure';
import { EnvironmentKeys } from './environmentKeys';
import { createHeadlessGateway } from './headlessGateway';
import type { ListenPlan } from './listenPlan';
import { parseArguments } from './parseArguments';
import { isSharedCopy } from './sharedClients';
import { Signals } from './signals';
import { UsageError } from './usageError';
import { replicaTeam } from './team';
import { changeTokensIn } from './tokenCommand';
import {
	describeHeld,
	describeLifetime,
	describeLost,
	describeOnDisk,
	describePartlyRead,
	describePause,
	describeRefused,
	describeStoreError,
	english,
	startNotices,
} from './words';
import { systemCode } from '../node/systemCode';

const metricsVariable = 'KEYPOOL_METRICS_TOKEN';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** ms. Longer than proxies keep an idle connection. Balancers of clouds keep one for ten minutes, if answers may take that long. */
const proxyIdleMs = 650_000;
/** Far more than a thousand keys. */
const maxEnvBytes = 1_000_000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function clientsPath(data: string | undefined): string {
	return path.join(folderOf(data), 'clients.json');
}

function clientFile(data: string | undefined): ClientFile {
	return new ClientFile(clientsPath(data), systemClock);
}

function folderOf(data = '~/.keypool'): string {
	return path.resolve(fromHome(data));
}

/** Expands `~`, which not every shell does. */
function fromHome(file: string): string {
	return file.replace(/^~(?=$|[\\/])/, homeFolder);
}

/** A user without an entry in the system, as in a container, has no home folder. */
function homeFolder(): string {
	let home = '';
	try {
		home = homedir();
	} catch {
		// The same as an empty one.
	}
	if (home === '')
		throw new UsageError('This user has no home folder: name another folder with --data, and files without ~.');
	return home;
}

/** Without a folder only a team's server could keep tokens: nobody would be let in, or could be. */
async function requireFolder(data: string | undefined): Promise<void> {
	const folder = folderOf(data);
	try {
		await makeFolder(folder);
	} catch (error) {
		if (systemCode(error) !== 'EEXIST' && wordIn(process.env[teamVariable]) !== undefined) return;
		const why = describeOnDisk(error) ?? describe(error);
		throw new UsageError(`--data cannot be made: ${why}. Name a folder that this user may write to.`);
	}
}

async function changeTokens(plan: Extract<Plan, { type: 'token' }>): Promise<void> {
	await requireFolder(plan.data);
	const copy = clientFile(plan.data);
	const shared = (await joinTeam(plan.data, copy, process.stderr))?.clients;
	try {
		if (shared && !(await shared.gather()) && plan.act !== 'list') {
			throw new UsageError('The team’s server cannot be reached: until it can, no token is made or revoked.');
		}
		if (plan.act !== 'list') await requireTeam(copy);
		const storage = shared ?? copy;
		// A change would lose what a damaged file holds.
		if (isPartlyRead(await storage.read())) throw new UsageError(describePartlyRead(clientsPath(plan.data)));
		const tokens = new TokenRegistry({
			storage,
			now: systemClock.wall,
			newId: randomUUID,
			randomBytes,
			sha256,
			learn: () => undefined,
			report: () => undefined,
		});
		await tokens.load();
		await changeTokensIn(tokens, plan, say);
		tokens.dispose();
	} finally {
		// A connection that stays open would keep the process alive.
		shared?.dispose();
		copy.dispose();
	}
}

/** Without the team it would accept tokens that were revoked elsewhere, and what it changed would be undone from there. */
async function requireTeam(copy: ClientFile): Promise<void> {
	if (process.env[teamVariable] !== undefined || !isSharedCopy(await copy.read())) return;
	throw new UsageError(
		`The tokens in this folder are shared through a team’s server: set ${teamVariable} as its replicas have it, or to nothing where there is none any more.`,
	);
}

/** The team of the replicas, where the environment names one. */
async function joinTeam(data: string | undefined, copy: ClientFile, out: NodeJS.WritableStream) {
	// Without a team nothing is written, so the folder may be read-only.
	if (wordIn(process.env[teamVariable]) === undefined) return undefined;
	return replicaTeam(process.env, {
		...{ copy, clock: systemClock, machine: await machineName(folderOf(data)) },
		machines: await machineCount(folderOf(data)),
		say: (text) => void out.write(`${text}\n`),
		report: (error) => void out.write(`${describe(error)}\n`),
	});
}

async function envTextOf(envFile: string | undefined): Promise<string> {
	if (envFile !== undefined) return textOf('keys-file', envFile);
	return folderEnv().catch((error: unknown) => {
		if (systemCode(error) !== 'ENOENT') say(`.env cannot be read: ${describeOnDisk(error, '.env') ?? describe(error)}`);
		return '';
	});
}

/** Anybody can have put it there: a link to a pipe or a device would be read for ever. */
async function folderEnv(): Promise<string> {
	const found = await stat('.env');
	const isPipeOrDevice = !found.isFile() && !found.isDirectory();
	if (isPipeOrDevice || found.size > maxEnvBytes) throw new Error('it is no file, or has more than 1 MB.');
	return decodedText(await readFile('.env'));
}

/** Warns of variables in the file of keys that count only in the environment. */
function sayUnread(file: string): void {
	const names = new Set([...assignmentsIn(file)].map(({ name }) => name));
	for (const name of [teamVariable, metricsVariable]) {
		if (names.has(name) && wordIn(process.env[name]) === undefined) {
			say(`${name} counts in the environment alone: that of the file of keys is not read.`);
		}
	}
}

/** A certificate with its key, and the hosts that it is for. */
async function readCertificate({ certFile, keyFile }: NonNullable<ListenPlan['tls']>) {
	const [cert, key] = [await textOf('tls-cert', certFile), await textOf('tls-key', keyFile)];
	const hosts = hostsInCertificate(cert);
	if (hosts === undefined) throw new UsageError('--tls-cert holds no certificate in PEM.');
	if (hosts.length === 0) throw new UsageError('--tls-cert names no host: a certificate needs them as subjectAltName.');
	if (!isKeyOf(cert, key)) throw new UsageError('--tls-key is not the key of --tls-cert in PEM without a password.');
	return { tls: { cert, key }, hosts, lifetime: lifetimeOf(cert) };
}

async function textOf(option: string, file: string): Promise<string> {
	let at = file;
	try {
		at = path.resolve(fromHome(file));
		return decodedText(await readFile(at));
	} catch (error) {
		const why = describeOnDisk(error, at);
		const said = why === undefined ? describe(error) : `${why}. Name a file that this user may read.`;
		throw new UsageError(`--${option} cannot be read: ${said}`);
	}
}

async function serve(plan: ServePlan, signals: Signals): Promise<void> {
	if (plan.baseUrl !== undefined) {
		const check = validateBaseUrl(plan.baseUrl);
		if (!check.ok) throw new UsageError(`--base-url is refused: ${describeRefusedAddress(check.reason, english)}`);
	}
	const file = await envTextOf(plan.envFile);
	sayUnread(file);
	const keys = EnvironmentKeys.read(process.env, file, sha256);
	for (const refused of keys.refused) say(describeRefused(refused));
	if (keys.isCut) say('Not all keys were read: at most 1,000 free and 1,000 paid ones are.');
	if (keys.all.length === 0) {
		throw new UsageError(
			plan.envFile === undefined
				? 'There is no key: set GEMINI_API_KEYS, or name a file with --keys-file. See --help.'
				: 'There is no key: the file of --keys-file sets none, nor does the environment. See --help.',
		);
	}
	const { listen } = plan;
	const certificate = listen.tls && (await readCertificate(listen.tls));
	await requireFolder(plan.data);
	const copy = clientFile(plan.data);
	await requireTeam(copy);
	const team = await joinTeam(plan.data, copy, process.stdout);
	await team?.clients.load();
	const clients = team?.clients ?? copy;
	const headless = createHeadlessGateway({
		...{ plan, team },
		doors: { hosts: [...listen.proxies, ...(certificate?.hosts ?? [])], origins: listen.origins },
		keys,
		channel: channelOf(plan.log),
		clients,
		backend: new SqliteBackend(path.join(folderOf(plan.data), 'store')),
		storeClock: machineClock,
		soon: setImmediate,
		clock: systemClock,
		random: Math.random,
		newId: randomUUID,
		randomBytes,
		sha256,
		metricsToken: wordIn(process.env[metricsVariable]),
		fetch: httpSend,
		onStoreError: (reason) => say(describeStoreError(reason, process.versions.node)),
		onPaused: (reason, mask) => say(describePause(reason, mask)),
		onHeld: (name, why) => say(describeHeld(name, why)),
	});
	const close = async (): Promise<void> => {
		await headless.dispose();
		clients.dispose();
		copy.dispose();
	};
	const start = async (): Promise<GatewayServer> => {
		await headless.tokens.load();
		clients.follow();
		if (team) copy.follow();
		return serveGateway({
			port: plan.port,
			...(listen.address !== undefined && { address: listen.address }),
			...(certificate && { tls: certificate.tls }),
			...(listen.proxies.length > 0 && { idleMs: proxyIdleMs }),
			handle: (request, port) => headless.handle(request, port),
		});
	};
	const server = await start().catch(async (error: unknown) => {
		// What follows files and servers would keep a process alive that serves nobody.
		await close();
		throw error;
	});
	const departure = new Departure({
		clock: systemClock,
		drainDelayMs: listen.drainDelayMs,
		leave: () => {
			headless.leave();
			server.leave();
		},
		stop: () => server.stop(),
		drain: () => headless.gateway.drain(),
		underWay: () => headless.gateway.underWay,
		end: () => void server.close().then(close),
		say,
	});
	signals.become(() => departure.signal());
	const at = `${certificate ? 'https' : 'http'}://${addressInUrl(listen.address)}:${server.port}`;
	const count = keys.all.length;
	const inFolder = plan.envFile === undefined ? count - EnvironmentKeys.read(process.env, '', sha256).all.length : 0;
	const tiers = keys.list().projects.map(({ tier }) => tier);
	for (const notice of startNotices(plan, { at, count, inFolder, tiers, clients: headless.tokens.list() })) say(notice);
	const expiry = certificate && describeLifetime(certificate.lifetime, systemClock.wall());
	if (expiry !== undefined) say(expiry);
	if (isPartlyRead(await clients.read())) say(describePartlyRead(clientsPath(plan.data)));
	else if (team?.clients.isKnown === false) {
		say('No token is known here until the team’s server can be used: /readyz answers 503 until then.');
	} else if (headless.tokens.list().length === 0) {
		say('No tool is let in yet: node dist/gateway.js token add <name>');
	}
	const begin = async (): Promise<void> => {
		if (plan.resume) await headless.resume();
		await headless.watchStops();
		await headless.checkKeys();
	};
	void begin().catch(() => undefined);
}

/** An empty variable counts as absent. */
function wordIn(text = ''): string | undefined {
	return text.trim() === '' ? undefined : text.trim();
}

function addressInUrl(address = '127.0.0.1'): string {
	return address.includes(':') ? `[${address}]` : address;
}

/** Lines of the log, on the error output. */
function channelOf(level: LogLevel): LogChannel {
	const least = logLevels.indexOf(level);
	const lineOf = (name: LogLevel) => (line: string) =>
		void process.stderr.write(`${new Date().toISOString()} ${name} ${line}\n`);
	return {
		shows: (name) => logLevels.indexOf(name) <= least,
		error: lineOf('error'),
		warn: lineOf('warn'),
		info: lineOf('info'),
		debug: lineOf('debug'),
		trace: lineOf('trace'),
	};
}

function describe(error: unknown): string {
	if (error instanceof ClientError) {
		const reasons = {
			badName: 'A name has 1 to 40 letters, digits, spaces, points, hyphens and underscores.',
			nameTaken: 'There is a token of that name; rotate or revoke it.',
			noSuchClient: 'There is no token of that name.',
			badOwner: 'An owner has 1 to 200 characters on one line.',
			badRules: 'Such rules do not make sense.',
			full: 'There are as many tokens as are taken: 200.',
		} as const;
		return reasons[error.reason];
	}
	if (error instanceof TeamError) return describeLost(error.trouble);
	if (error instanceof PortError) {
		if (isNoAddress(error.cause)) return '--listen names no address of this computer.';
		return error.reason === 'inUse'
			? 'The port is taken: end the other program, or choose another with --port.'
			: `The port cannot be had (${error.reason}): choose another with --port.`;
	}
	const onDisk = describeOnDisk(error);
	if (onDisk !== undefined) return `${onDisk}: put that right, or name another folder with --data.`;
	return error instanceof Error ? error.message : String(error);
}

function isNoAddress(cause: unknown): boolean {
	return cause instanceof Error && 'code' in cause && ['EADDRNOTAVAIL', 'ENOTFOUND'].includes(String(cause.code));
}

// The reader of the output may have ended, which is no reason to end, too.
for (const out of [process.stdout, process.stderr]) out.on('error', () => undefined);

async function main(args: readonly string[]): Promise<void> {
	// The first process of a container hears none that it does not listen for.
	const signals = new Signals({ SIGINT: 130, SIGTERM: 143 }, (code) => process.exit(code));
	const plan = planOf(parseArguments(args));
	if (plan.type === 'help') say(usage);
	else if (plan.type === 'token') await changeTokens(plan);
	else await serve(plan, signals);
}

main(process.argv.slice(2)).catch((error: unknown) => {
	process.stderr.write(`${describe(error)}\n`);
	process.exitCode = 1;
});
