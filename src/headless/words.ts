import type { ClientRecord } from '../gateway/gateway';
import type { RefusedText } from '../keys/import/parseKeys';
import type { Words } from '../localization/words';
import type { Reason, StoreErrorReason, Tier } from '../pool/pool';
import type { Lifetime } from '../node/certificate';
import { systemCode } from '../node/systemCode';
import type { TeamTrouble } from '../team/link/link';
import { dayMs, type ServePlan } from './arguments';
import { isForTeam } from './listenPlan';

const troubles: Readonly<Record<TeamTrouble, string>> = {
	unreachable: 'it does not answer',
	loading: 'it is starting, changing its primary, or moving data between its nodes',
	wrongPassword: 'it does not accept the user or the password',
	noRights: 'its user lacks rights that a team needs there (docs/TEAM.md)',
	certificate: 'its certificate has expired, or is not trusted here',
	oldServer: 'it is too old; it must be Valkey, or Redis 6 or newer',
	otherKind: 'it is one of a cluster, or a sentinel, and its address must say so (docs/TEAM.md)',
	otherPrimary: 'its sentinels know no primary of the name that stands in its address',
	evicts: 'it may drop data when its memory is full, until its maxmemory-policy is noeviction',
	readOnly: 'it takes no writes; it is a replica, or a primary that has moved or lost its replicas',
	full: 'it has no memory or no disk space left',
	clockOff: 'its clock and that of this machine are minutes apart',
	otherSchema: 'another version of Keypool has written what it holds; update them all',
	missing: 'this machine has no sockets',
};

/** Reasons that a client can put right by itself. */
const ofModel: ReadonlySet<Reason> = new Set(['tierLacksModel', 'modelDenied', 'noSuchModel']);

/** The words as they stand in the code. */
export const english = (text: string, ...values: (string | number)[]): string =>
	text.replaceAll(/\{(\d)\}/g, (whole, n) => String(values[Number(n)] ?? whole));

/** For clients: neither they nor the operator of the gateway has a view, a setting or a key of an editor. */
export function forClients({ describeError, ...words }: Words): Words {
	return {
		...words,
		describeError: ({ reason, attempts, facts: { paidOnly: _, ...facts } }) => {
			const { action, ...message } = describeError({ reason, attempts, facts });
			// A smaller request needs no bigger budget.
			if (action === undefined || facts.retryAt !== undefined || reason === 'budget') return message;
			const remedy = ofModel.has(reason)
				? 'Choose another model, or ask whoever runs this gateway.'
				: 'Ask whoever runs this gateway.';
			// “This computer” in the message is the gateway's; the client may be on another one.
			const text = reason === 'unreachable' ? 'This gateway cannot reach the service.' : message.text;
			return { ...message, text, remedy };
		},
	};
}

const onDisk: Readonly<Record<string, string>> = {
	ENOENT: 'is not there',
	ENOTDIR: 'leads through a file',
	EISDIR: 'is a folder',
	EEXIST: 'is in the way (a file, or a link that leads nowhere)',
	ELOOP: 'is a link that leads back to itself',
	ENAMETOOLONG: 'has too long a name',
	EACCES: 'is closed to this user',
	EPERM: 'is closed to this user',
	EROFS: 'is on a disk that takes no writes',
	ENOSPC: 'is on a disk that is full',
};

/**
 * Why a file or a folder cannot be used. Undefined for an error of something else.
 *
 * @param file needed where the system does not say which one it is, as of a folder in a file's place
 */
export function describeOnDisk(error: unknown, file?: string): string | undefined {
	const text = onDisk[String(systemCode(error))];
	const named = error instanceof Error && 'path' in error ? String(error.path) : file;
	return text === undefined || named === undefined ? undefined : `${named} ${text}`;
}

/** Why a team's server cannot be used, to follow a colon. */
export function describeTrouble(trouble: TeamTrouble): string {
	return troubles[trouble];
}

/** That a team's server was lost while it was asked to change the tokens. */
export function describeLost(trouble: TeamTrouble): string {
	return `The team’s server was lost meanwhile: ${troubles[trouble]}. It may have taken the change all the same: look with “token list” once it can be used, and rotate a token that nobody has seen.`;
}

/** Why nobody is answered, and what a person can do. */
export function describePause(reason: Reason, mask: string | undefined): string {
	const key = mask === undefined ? 'a key that is not here any more' : `the key ${mask}`;
	return `Paused: Google said of ${key} that it is “${reason}”. Nobody gets an answer until you have looked: remove the key if it is still here, and start once with --resume.`;
}

/**
 * That a tool was stopped, and what a person can do.
 *
 * @param why as in "it …"
 */
export function describeHeld(name: string, why: string): string {
	return `Stopped: ${name} ${why}. It is refused until you have looked: start once with --resume.`;
}

/** That tokens are there which are not known. */
export function describePartlyRead(file: string): string {
	return `Not all of ${file} can be read: it is damaged, of a newer version, or holds more than 200 tokens. Tokens in the part that cannot be read are refused, and no token is made or revoked, until you have repaired or deleted the file.`;
}

/** What the gateway has found at its start, for its operator. */
export interface StartFacts {
	/** The address at which it answers. */
	readonly at: string;
	/** Keys in use, and how many of them come from a `.env` that nobody has named. */
	readonly count: number;
	readonly inFolder: number;
	/** The tiers of the keys' projects. */
	readonly tiers: readonly Tier[];
	readonly clients: readonly Pick<ClientRecord, 'name' | 'rules'>[];
}

/** What to say once the gateway answers, in order: where, and what about its keys may surprise. */
export function startNotices(
	{ listen, budget, paidOnly }: Pick<ServePlan, 'listen' | 'budget' | 'paidOnly'>,
	{ at, count, inFolder, tiers, clients }: StartFacts,
): readonly string[] {
	const notices = [`Keypool's gateway answers at ${at} (${count === 1 ? '1 key' : `${count} keys`}).`];
	if (inFolder > 0) notices.push(describeFound(inFolder));
	if (isForTeam(listen))
		notices.push('Others use these keys through it: docs/TEAM-GATEWAY.md says what Google asks of you then.');
	const forPaid = clients.find(({ rules }) => rules.keys === 'paid');
	if (tiers.includes('paid')) {
		if (budget.day === undefined && budget.month === undefined)
			notices.push('Paid keys have no budget here: --budget-per-day <dollars> limits what they may cost.');
	} else if (paidOnly) {
		notices.push('No key is of a paid project (KEYPOOL_PAID_KEYS): with --paid-only nobody gets an answer.');
	} else if (forPaid) {
		notices.push(
			`No key is of a paid project (KEYPOOL_PAID_KEYS): nobody answers the tokens that are for those, such as ${forPaid.name}.`,
		);
	}
	return notices;
}

/** Where keys come from that nobody has named: the folder can be a stranger's. */
function describeFound(count: number): string {
	const keys = count === 1 ? '1 key comes' : `${count} keys come`;
	return `${keys} from .env in this folder: the owner of these keys may see what is asked with them. If that is not you, start in another folder.`;
}

/** What to say of a certificate that no client accepts at `now` (ms since 1970), or soon none does. */
export function describeLifetime({ from, to }: Lifetime, now: number): string | undefined {
	const on = (at: number): string => new Date(at).toISOString().slice(0, 10);
	if (now > to)
		return `The certificate of --tls-cert ended on ${on(to)}: clients refuse it. Renew it, and start again.`;
	if (now < from) return `The certificate of --tls-cert is valid from ${on(from)} on: until then clients refuse it.`;
	if (to - now < 7 * dayMs) return `The certificate of --tls-cert ends on ${on(to)}. Renew it before, and start again.`;
	return undefined;
}

/** That a piece of the environment is no key, and why. The file can be a stranger's: no sign in it tells a terminal what to do. */
export function describeRefused(refused: RefusedText): string {
	return `Not a key: ${refused.mask.replace(/[^\x20-\x7e…]/g, '?')} (${reasonOf(refused)}).`;
}

function reasonOf(refused: RefusedText): string {
	switch (refused.reason) {
		case 'otherService':
			return `it is another credential: ${refused.service}`;
		case 'gatewayToken':
			return 'it is a token of a gateway';
		case 'severalInOne':
			return 'several keys run together';
		case 'tooShort':
			return 'too short';
		case 'tooLong':
			return 'too long';
		default:
			return 'it has characters that no key has';
	}
}

/** What is wrong with the record of quotas, and what a person can do. */
export function describeStoreError(reason: StoreErrorReason, node: string): string {
	switch (reason) {
		case 'missing':
			return `Node.js ${node} has no SQLite (22.13 and newer have it): quotas and what was spent are kept in memory, so that each restart begins budgets anew.`;
		case 'damaged':
			return 'The record of quotas was damaged: it was set aside, and begins anew.';
		case 'deleted':
			return 'The record of quotas was deleted while it was in use: it was written again.';
		default:
			return `The record of quotas in --data ${unusable[reason]}: quotas are kept in memory meanwhile.`;
	}
}

const unusable: Readonly<Record<Exclude<StoreErrorReason, 'missing' | 'damaged' | 'deleted'>, string>> = {
	newer: 'is of a newer version of Keypool, until this one is updated',
	readOnly: 'may not be written by this user',
	blocked: 'may not be written',
	full: 'finds no space left on its disk',
	locked: 'is locked by another program',
	unreachable: 'cannot be opened',
};
