import { pause, untilAborted, type Clock, type Random, type EpochMs } from '../../pool/pool';
import type { Log } from '../log/log';
import type { Alert } from './alert';
import { DeliveryError, type DeliveryReason } from './deliveryError';
import type { Receiver, ReceiverName } from './receiver';

export interface DeliveryParts {
	readonly clock: Pick<Clock, 'wall' | 'after'>;
	readonly random: Random;
	readonly log: Log;
	/** Hears of a receiver at which nothing arrives until a person acts, once until something does. Absent: nobody is told. */
	readonly undeliverable?: (receiver: ReceiverName, reason: DeliveryReason) => void;
}

/** ms before the second try and each later one; then an alert is given up. */
const waits = [5_000, 30_000, 120_000, 600_000];
/** ms. Whatever a receiver asks for. */
const maxWaitMs = 600_000;
/** ms that one try may take. A mail server takes a message after it has looked at it: one that is given up before comes twice. */
const maxMs = 15_000;
const maxMailMs = 120_000;
/** Alerts that wait for one receiver; the oldest are given up. */
const maxWaiting = 20;

/** Sends one alert to one receiver once, for as long as it may take. */
export async function sendOnce(
	receiver: Receiver,
	alert: Alert,
	at: EpochMs,
	clock: Pick<Clock, 'after'>,
	signal: AbortSignal,
): Promise<void> {
	const limit = new AbortController();
	const ms = receiver.name === 'mail' ? maxMailMs : maxMs;
	const off = clock.after(ms, () => limit.abort(new DeliveryError('timedOut')));
	try {
		const either = AbortSignal.any([signal, limit.signal]);
		// What does not listen to the signal is left behind.
		await untilAborted(either, receiver.send(alert, at, either));
	} catch (error) {
		// Whatever the receiver makes of its end: this is why it ended.
		signal.throwIfAborted();
		limit.signal.throwIfAborted();
		throw error;
	} finally {
		off();
	}
}

/** What became of an alert. `away`: nobody was there for as long as it was tried. */
export type Arrival = 'arrived' | 'away' | 'refused';

interface Waiting {
	readonly alert: Alert;
	readonly at: EpochMs;
	readonly settle: (arrival: Arrival) => void;
}

/** Alerts on their way to one receiver, one after the other, each tried again for a while. It never throws. */
export class Delivery {
	private readonly waiting: Waiting[] = [];
	private readonly ended = new AbortController();
	private running = false;
	/** A person knows that nothing arrives. */
	private isToldOfTrouble = false;

	constructor(
		private readonly receiver: Receiver,
		private readonly parts: DeliveryParts,
	) {}

	/** Resolves once it has arrived, or will not any more; not at all where this ends before. */
	add(alert: Alert): Promise<Arrival> {
		return new Promise((resolve) => {
			if (this.ended.signal.aborted) return;
			this.waiting.push({ alert, at: this.parts.clock.wall(), settle: resolve });
			if (this.waiting.length > maxWaiting) {
				const oldest = this.waiting.shift();
				if (oldest) this.parts.log.warn(`alert ${oldest.alert.type} to ${this.receiver.name} given up: too many wait`);
				oldest?.settle('away');
			}
			if (!this.running) void this.run();
		});
	}

	dispose(): void {
		this.waiting.length = 0;
		this.ended.abort(new Error('Alerts have ended.'));
	}

	private async run(): Promise<void> {
		this.running = true;
		for (let next = this.waiting.shift(); next; next = this.waiting.shift()) await this.deliver(next);
		this.running = false;
	}

	private async deliver({ alert, at, settle }: Waiting): Promise<void> {
		const { clock, log } = this.parts;
		const about = `alert ${alert.type} to ${this.receiver.name}`;
		for (let tries = 0; !this.isOver(); tries++) {
			try {
				await sendOnce(this.receiver, alert, at, clock, this.ended.signal);
				log.info(`${about} sent`);
				this.isToldOfTrouble = false;
				settle('arrived');
				return;
			} catch (error) {
				if (this.isOver()) return;
				const wait = waitBefore(tries, error, this.parts.random);
				log.warn(`${about} failed: ${textOf(error)}${wait === undefined ? '; given up' : ''}`);
				if (wait === undefined) {
					this.tellOfTrouble(error);
					settle(arrivalOf(error));
					return;
				}
				await pause(clock, wait, this.ended.signal);
			}
		}
	}

	/** One that is away or busy comes back by itself. */
	private tellOfTrouble(error: unknown): void {
		if (!(error instanceof DeliveryError) || error.passes || this.isToldOfTrouble) return;
		this.isToldOfTrouble = true;
		this.parts.undeliverable?.(this.receiver.name, error.reason);
	}

	private isOver(): boolean {
		return this.ended.signal.aborted;
	}
}

/** ms until the next try, or that there is none. */
function waitBefore(tries: number, error: unknown, random: Random): number | undefined {
	const wait = waits[tries];
	if (wait === undefined || !(error instanceof DeliveryError) || !error.passes) return undefined;
	// Several machines that lost the same receiver do not come back to it at once.
	return Math.min(maxWaitMs, Math.max(error.retryAfterMs ?? 0, wait)) + random() * 1_000;
}

/** Of one that answers too late, or with trouble of its own, nobody knows whether it shows the alert all the same. */
function arrivalOf(error: unknown): Arrival {
	if (!(error instanceof DeliveryError)) return 'refused';
	if (error.hasArrived) return 'arrived';
	return error.reason === 'unreachable' || error.reason === 'rateLimited' ? 'away' : 'refused';
}

function textOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
