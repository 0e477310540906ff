import { createMutex, type Clock, type Random, type StateStore } from '../pool/pool';
import type { TeamKey } from './documents/identity';
import { invitationText, parseInvitation, type Invitation } from './invitation';
import type { TeamTrouble } from './link/link';
import { openTeamStore } from './openTeamStore';
import type { StoreSwitch } from './storeSwitch';
import { invitationName } from './commands/commandNames';
import type { TeamStore } from './teamStore';

const machineName = 'keypool.teamMachine';
const countName = 'keypool.teamMachines';
const leftName = 'keypool.teamLeftAt';
/** ms. What this machine has counted in a month may be what a team had counted. */
const monthMs = 32 * 24 * 3_600_000;

export interface MembershipParts {
	readonly store: StoreSwitch;
	readonly machine: StateStore;
	readonly secrets: {
		get(name: string): PromiseLike<string | undefined>;
		store(name: string, value: string): PromiseLike<void>;
		delete(name: string): PromiseLike<void>;
	};
	/** Shared by all windows of this installation. */
	readonly memory: { get(name: string): unknown; update(name: string, value: unknown): PromiseLike<void> };
	/** Keys that take part, with their secrets. */
	readonly keys: () => Promise<readonly TeamKey[]>;
	/** No log shows it. */
	readonly learnSecret: (secret: string) => void;
	readonly clock: Clock;
	readonly random: Random;
	readonly newId: () => string;
	readonly onTrouble: (trouble: TeamTrouble, cause: unknown) => void;
	readonly onDidChange: (isMember: boolean) => void;
	readonly report: (error: unknown) => void;
}

/** Which team this installation is in: an invitation in SecretStorage, the same for all windows. */
export class Membership {
	private team: { readonly text: string; readonly store: TeamStore } | undefined;
	/** One change after the other. */
	private readonly inTurn = createMutex();
	private isEnded = false;

	constructor(private readonly parts: MembershipParts) {}

	get invitation(): Invitation | undefined {
		return this.team && parseInvitation(this.team.text);
	}

	get isOnline(): boolean {
		return this.team?.store.isOnline === true;
	}

	/** Names this machine to the team. */
	async machine(): Promise<string> {
		const { memory, newId } = this.parts;
		const known = memory.get(machineName);
		if (typeof known === 'string' && known !== '') return known;
		const made = newId();
		await memory.update(machineName, made);
		return made;
	}

	/** Does what SecretStorage says: this or another window may have joined or left. */
	follow(): Promise<void> {
		return this.inTurn(async () => {
			await this.use(await this.parts.secrets.get(invitationName), false);
		});
	}

	/** Where that is cancelled before it is done, it is in no team. */
	join(invitation: Invitation, cancelled?: AbortSignal): Promise<void> {
		return this.inTurn(async () => {
			if (cancelled?.aborted) return;
			const { memory, secrets } = this.parts;
			const text = invitationText(invitation);
			const leftAt = memory.get(leftName);
			// First, so that the event of the secret finds it done.
			await this.use(text, true, cancelled);
			try {
				if (!cancelled?.aborted) await secrets.store(invitationName, text);
			} catch (error) {
				// No other window would be in the team, nor this one tomorrow.
				await this.use(undefined, false);
				throw error;
			}
			if (!cancelled?.aborted) return;
			const isTold = this.isOnline;
			await this.use(undefined, false);
			// What it has counted is its own still.
			if (!isTold) await memory.update(leftName, leftAt);
			await secrets.delete(invitationName);
		});
	}

	leave(): Promise<void> {
		return this.inTurn(async () => {
			// First: what cannot be deleted would join again tomorrow.
			await this.parts.secrets.delete(invitationName);
			await this.use(undefined, false);
		});
	}

	/** Other keys take part. In turn: what was read before would count after what is read now. */
	updateKeys(): Promise<void> {
		return this.inTurn(async () => {
			if (!this.isEnded) this.team?.store.setKeys(await this.parts.keys());
		});
	}

	dispose(): void {
		this.isEnded = true;
	}

	private async use(text: string | undefined, isJoining: boolean, cancelled?: AbortSignal): Promise<void> {
		const { store, parts } = { store: this.team?.store, parts: this.parts };
		if (this.isEnded || text === this.team?.text) return;
		const invitation = text === undefined ? undefined : parseInvitation(text);
		const [keys, machine] = invitation ? [await parts.keys(), await this.machine()] : [[], ''];
		this.team = undefined;
		if (store) {
			await store.leave();
			parts.store.use(undefined);
			await store.close();
			await parts.memory.update(leftName, parts.clock.wall()).then(undefined, parts.report);
		}
		if (invitation && text !== undefined) {
			for (const secret of [text, invitation.secret, invitation.server.password]) {
				if (secret !== undefined && secret.length >= 8) parts.learnSecret(secret);
			}
			const first = { told: (): void => undefined };
			const told = new Promise<void>((resolve) => void (first.told = resolve));
			cancelled?.addEventListener('abort', () => first.told());
			const next = openTeamStore(invitation, parts.machine, {
				...{ clock: parts.clock, random: parts.random, newId: parts.newId, machine, scope: 'people', isJoining },
				wasMember: parts.clock.wall() - (Number(parts.memory.get(leftName)) || 0) < monthMs,
				machines: {
					get: () => Number(parts.memory.get(countName)) || 1,
					set: (count) => {
						if (parts.memory.get(countName) === count) return;
						parts.memory.update(countName, count).then(undefined, parts.report);
					},
				},
				onOnline: () => first.told(),
				onTrouble: (...of) => {
					first.told();
					parts.onTrouble(...of);
				},
				onError: parts.report,
			});
			next.setKeys(keys);
			this.team = { text, store: next };
			parts.store.use(next);
			// The others of this machine have the same counts: who is in the team before this window would tell them as well.
			if (isJoining) await told;
		}
		parts.onDidChange(this.team !== undefined);
	}
}
