import type { EpochMs } from '../../pool/pool';

/** What a team's gateway tells, which views show in place of keys. */
export interface GatewayView {
	readonly host: string;
	/** Absent until it has told something. */
	readonly told?: {
		/** `paused`: all of it; `held`: this token alone. A person at the gateway must act. */
		readonly state: 'open' | 'paused' | 'held';
		readonly client: string;
		readonly keys: 'free' | 'paid' | 'any';
		readonly expiresAt?: EpochMs;
		readonly models: readonly GatewayModel[];
		readonly requests: GatewayUse;
		/** US dollars. */
		readonly dollars: GatewayUse;
		readonly dayEndsAt: EpochMs;
	};
	/** Why it tells nothing now. */
	readonly trouble?: 'unreachable' | 'badToken' | 'noGateway';
}

export interface GatewayModel {
	readonly model: string;
	readonly isUsable: boolean;
	readonly backAt?: EpochMs;
}

/** Of the day. */
export interface GatewayUse {
	readonly used: number;
	readonly max?: number;
}
