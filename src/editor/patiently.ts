import { withProgress } from '../ui/progress';
import { aborted } from './aborted';

/** ms after which it is said what is waited for. */
const saidAfterMs = 1_000;

/** What somebody tells who may take a while, or never answer; undefined where the person does not want to wait for it. */
export async function patiently<T>(title: string, telling: Promise<T>): Promise<T | undefined> {
	const told = telling.then((value) => ({ value }));
	const soon = await Promise.race([told, aborted(AbortSignal.timeout(saidAfterMs))]);
	const late = (): Promise<{ readonly value: T } | undefined> =>
		withProgress(title, (_, signal) => Promise.race([told, aborted(signal)]));
	return (soon ?? (await late()))?.value;
}
