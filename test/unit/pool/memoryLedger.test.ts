import { MemoryLedger } from '../../../src/pool/pool';
import { VirtualClock } from '../virtualClock';
import { ledgerContract } from './ledgerContract';

ledgerContract('in memory', () => {
	const clock = new VirtualClock();
	const ledger = new MemoryLedger(clock);
	return {
		open: () => ledger,
		spread: () => clock.settle(),
		until: (promise) => clock.until(promise),
		wall: () => clock.wall(),
		pass: (ms) => clock.advance(ms),
		close: () => ledger.close(),
	};
});
