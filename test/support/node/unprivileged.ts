// Started by pageServer.test.ts: asks for a port that only an administrator may have, as nobody in particular.
import { PortError, servePage } from '../../../src/node/http/pageServer';

async function ask(): Promise<string> {
	if (process.getuid?.() === 0) process.setuid?.('nobody');
	try {
		const page = await servePage(1, { path: '/', contentType: 'text/plain', read: () => Promise.resolve('') });
		await page.close();
		return 'served';
	} catch (error) {
		return error instanceof PortError ? error.reason : String(error);
	}
}

void ask().then((answer) => process.stdout.write(answer));
