import { ledgerContract } from '../unit/pool/ledgerContract';
import { Files } from './files';

ledgerContract('SQLite', () => {
	const files = new Files();
	return {
		open: () => files.open(),
		spread: () => files.clock.advance(250),
		until: (promise) => files.clock.until(promise),
		wall: () => files.clock.wall(),
		pass: (ms) => files.clock.advance(ms),
		close: () => files.close(),
	};
});
