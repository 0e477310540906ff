import { commands } from 'vscode';
import { settled, type Clock, type Key, type KeyId, type Project } from '../pool/pool';
import { showWarning } from '../ui/messages';
import { teamCommands } from './commands/teamCommands';
import { describeTrouble } from './commands/words';
import type { TeamKey } from './documents/identity';
import type { TeamTrouble } from './link/link';
import { Membership, type MembershipParts } from './membership';
import { describeServer } from './valkey/server';
import type { StoreSwitch } from './storeSwitch';

export interface StartTeamParts {
	readonly store: StoreSwitch;
	readonly secrets: MembershipParts['secrets'];
	readonly memory: MembershipParts['memory'];
	readonly keyring: {
		list(): { readonly keys: readonly Key[]; readonly projects: readonly Project[] };
		onDidChange(listener: () => void): { dispose(): void };
	};
	/** Rejects for a key that cannot be read. */
	readonly secretOf: (id: KeyId) => Promise<string | undefined>;
	/** Simulated keys take no part. */
	readonly isSimulatorOn: () => boolean;
	readonly clock: Clock;
	readonly learnSecret: (secret: string) => void;
	readonly log: { warn(text: string): void; info(text: string): void };
	readonly newId: () => string;
	readonly report: (error: unknown) => void;
}

/** ms. Keys that could not be read are read again after this: nothing tells that the secret storage is open again. */
const retryMs = 10_000;

/** The team of this installation, and its commands. */
export function startTeam(parts: StartTeamParts) {
	const { keyring, log, report } = parts;
	const told = new Set<TeamTrouble>();
	const updateKeys = (): void => void membership.updateKeys().catch(report);
	const again = settled(parts.clock, retryMs, updateKeys);
	const keys = async (): Promise<readonly TeamKey[]> => {
		if (parts.isSimulatorOn()) return [];
		const { keys: all, projects } = keyring.list();
		const found = await Promise.all(
			all.map(async ({ id, project }): Promise<readonly TeamKey[]> => {
				const secret = await parts.secretOf(id).catch(() => again.soon());
				const number = projects.find((one) => one.id === project)?.number;
				return secret === undefined ? [] : [{ id, project, secret, ...(number !== undefined && { number }) }];
			}),
		);
		return found.flat();
	};
	const membership = new Membership({
		...parts,
		...{ keys, random: Math.random, machine: parts.store.machine },
		onTrouble: (trouble, cause) => {
			log.warn(`the team's server is out of reach: ${trouble}`);
			if (cause !== undefined) report(cause);
			// Once for each window: coming and going is for the log.
			if (told.has(trouble)) return;
			told.add(trouble);
			void showWarning(describeTrouble(trouble));
		},
		onDidChange: (isMember) => {
			log.info(isMember ? 'this machine is in a team' : 'this machine is in no team');
			void commands.executeCommand('setContext', 'keypool.inTeam', isMember);
		},
	});
	const off = keyring.onDidChange(updateKeys);
	const random = (bytes: Uint8Array<ArrayBuffer>): Uint8Array => crypto.getRandomValues(bytes);
	return {
		commands: teamCommands({ ...parts, membership, random }),
		follow: () => membership.follow(),
		leave: () => membership.leave(),
		/** For views; undefined in no team. */
		shown: () => {
			const { invitation, isOnline } = membership;
			return invitation && { server: describeServer(invitation.server), isOnline };
		},
		dispose: () => {
			off.dispose();
			again.dispose();
			membership.dispose();
		},
	};
}
