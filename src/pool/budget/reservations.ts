import type { LeaseId } from '../types/key';
import type { MicroDollars } from '../types/pricing';
import type { Reservation, SpendingPeriod, SpendingRecord, Spent } from '../types/spending';
import type { EpochMs } from '../types/stateStore';

/** What a call holds until it has ended. */
export type Hold = Pick<Reservation, 'lease' | 'cost' | 'tokens' | 'expiresAt'>;

/** Counts a call that is about to be sent. `record` is one of `now`. */
export function reserved(record: SpendingRecord, hold: Hold): SpendingRecord {
	const { day, month, reservations } = record;
	return {
		...record,
		day: { ...day, requests: day.requests + 1, tokens: day.tokens + hold.tokens },
		reservations: [...reservations, { ...hold, dayEndsAt: day.endsAt, monthEndsAt: month.endsAt }],
	};
}

/** A stream that goes on keeps its reservation. */
export function extended(record: SpendingRecord, lease: LeaseId, expiresAt: EpochMs): SpendingRecord {
	if (!record.reservations.some((one) => one.lease === lease)) return record;
	const reservations = record.reservations.map((one) => (one.lease === lease ? { ...one, expiresAt } : one));
	return { ...record, reservations };
}

/** A person allows more until the period ends. */
export function raised(record: SpendingRecord, period: SpendingPeriod, by: MicroDollars): SpendingRecord {
	const more = <S extends Spent>(spent: S): S => ({ ...spent, raised: spent.raised + by });
	return period === 'day' ? { ...record, day: more(record.day) } : { ...record, month: more(record.month) };
}
