/** A window: a process with a pool on the shared ledger, whose service answers at once. */
import { requestOf } from '../answering';
import { instantly } from '../answers';
import { poolOver, sharedLedger } from '../ledgers';
import type { WindowOrder, WindowReport } from './messages';

process.once('disconnect', () => process.exit());
process.once('message', (order: WindowOrder) => void ask(order));

async function ask({ folder, pauseMs, measures = Infinity }: WindowOrder): Promise<void> {
	const ledger = await sharedLedger(folder);
	const pool = poolOver(ledger, 10);
	tell({ is: 'ready' });
	const warmUp = measures === Infinity ? 0 : Math.ceil(measures / 10);
	const took: number[] = [];
	for (let n = 0; n < warmUp + measures; n++) {
		const began = performance.now();
		for await (const part of pool.stream(requestOf(), instantly)) {
			if (part.type === 'done' && n >= warmUp && measures !== Infinity) took.push(performance.now() - began);
		}
		await new Promise((resolve) => setTimeout(resolve, pauseMs));
	}
	pool.dispose();
	await ledger.close();
	tell({ is: 'measured', took });
}

function tell(report: WindowReport): void {
	process.send?.(report);
}
