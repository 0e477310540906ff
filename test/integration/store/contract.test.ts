import { storeContract } from '../../support/pool/storeContract';
import { windowsAgree } from '../../support/pool/windowsAgree';
import { Files } from '../../support/store/files';

function onFile() {
	const files = new Files();
	return {
		clock: files.clock,
		open: () => files.open(),
		spread: () => files.clock.advance(250),
		until: <T>(promise: Promise<T>) => files.clock.until(promise),
		wall: () => files.clock.wall(),
		pass: (ms: number) => files.clock.advance(ms),
		close: () => files.close(),
	};
}

storeContract('SQLite', onFile);
windowsAgree('SQLite', onFile);
