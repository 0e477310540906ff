import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqlitePlace } from '../../src/platform/ledger/sqlitePlace';
import { SharedLedger, type Clock, type StorePlace, type StoreTrouble } from '../../src/pool/pool';
import { VirtualClock } from '../unit/virtualClock';

/** Windows on one SQLite file, in virtual time. */
export class Files {
	readonly clock = new VirtualClock();
	readonly folder = mkdtempSync(path.join(tmpdir(), 'keypool-ledger-'));
	/** What was said, oldest first. */
	readonly troubles: StoreTrouble[] = [];
	readonly errors: unknown[] = [];
	private readonly ledgers: SharedLedger[] = [];

	get file(): string {
		return path.join(this.folder, 'ledger.sqlite');
	}

	open(place: StorePlace = this.place(), clock: Clock = this.clock): SharedLedger {
		const ledger = new SharedLedger({
			place,
			clock,
			random: () => 0.5,
			onTrouble: (trouble) => this.troubles.push(trouble),
			onError: (error) => this.errors.push(error),
		});
		this.ledgers.push(ledger);
		return ledger;
	}

	place(): SqlitePlace {
		return new SqlitePlace(this.folder, this.clock.wall);
	}

	async close(): Promise<void> {
		for (const ledger of this.ledgers) await ledger.close();
		rmSync(this.folder, { recursive: true, force: true });
		if (this.errors.length > 0) throw new AggregateError(this.errors);
	}
}
