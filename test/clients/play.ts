import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cases, type Case } from './cases';
import { clientsThatRetry, playReplicas } from './replicas';
import { openStage } from './stage';
import { describeError, isAsWanted, isWhole, tableOf, type Client, type Outcome } from './table';

const names = ['geminiCli', 'googleGenai', 'googleGenerativeAi', 'openai', 'aiSdkGoogle', 'aiSdkOpenAi', 'langchain'];
const document = path.resolve(import.meta.dirname, '../../docs/GATEWAY.md');
const [begin, end] = ['<!-- clients: begin -->', '<!-- clients: end -->'];
/** ms. The slowest client tries again by itself for half a minute. */
const patienceMs = 120_000;
/** ms. For each time that a task is done before. */
const patienceOfOneMs = 20_000;

/**
 * Plays every case with every client, prints the table, and writes it into the document where `--write` says so. With
 * `--replicas` it plays instead what they do when one of two replicas dies.
 */
export async function play(args: readonly string[], load: (name: string) => Promise<Client>): Promise<number> {
	const wanted = args.filter((arg) => !arg.startsWith('--'));
	const unknown = wanted.filter((name) => !names.includes(name));
	if (unknown.length > 0) {
		console.log(`There is no client ${unknown.join(', ')}: ${names.join(', ')}.`);
		return 1;
	}
	const chosen = names.filter((name) => wanted.length === 0 || wanted.includes(name));
	if (args.includes('--replicas')) return playReplicas(wanted.length > 0 ? wanted : clientsThatRetry, load);
	const rows: { client: Client; outcomes: Outcome[] }[] = [];
	let failed = 0;
	for (const name of chosen) {
		const client = await load(name);
		const outcomes: Outcome[] = [];
		for (const one of cases) {
			const outcome = await playOne(client, one);
			outcomes.push(outcome);
			const isGood = isAsWanted(one, outcome);
			if (!isGood) failed++;
			console.log(`${isGood ? 'ok  ' : 'FAIL'} ${client.name}: ${one.name}: ${JSON.stringify(outcome)}`);
		}
		rows.push({ client, outcomes });
	}
	const table = tableOf(cases, rows);
	console.log(`\n${table}\n`);
	if (args.includes('--write')) await write(table);
	const played = rows.reduce((sum, { outcomes }) => sum + outcomes.filter(({ type }) => type !== 'cannot').length, 0);
	console.log(`${played - failed} passed, ${failed} failed`);
	return failed === 0 ? 0 : 1;
}

async function playOne(client: Client, { task, keys, every, before = 0 }: Case): Promise<Outcome> {
	if (client.cannot?.includes(task) === true) return { type: 'cannot' };
	const stage = await openStage(keys, every);
	const began = performance.now();
	const ms = (): number => Math.round(performance.now() - began);
	let timer: ReturnType<typeof setTimeout> | undefined;
	try {
		const late = new Promise<never>((_, reject) => {
			timer = setTimeout(() => reject(new Error('It did not end in time.')), patienceMs + before * patienceOfOneMs);
		});
		for (let n = 0; n < before; n++) {
			const text = await Promise.race([client.ask(task, stage), late]);
			if (!isWhole(task, text)) return { type: 'wrong', text: text.slice(0, 200), ms: ms() };
		}
		const text = await Promise.race([client.ask(task, stage), late]);
		return isWhole(task, text) ? { type: 'whole', ms: ms() } : { type: 'wrong', text: text.slice(0, 200), ms: ms() };
	} catch (error) {
		return { type: 'told', by: describeError(error), ms: ms() };
	} finally {
		clearTimeout(timer);
		await stage.close();
	}
}

async function write(table: string): Promise<void> {
	const text = await readFile(document, 'utf8');
	const [before, after] = [text.indexOf(begin), text.indexOf(end)];
	if (before < 0 || after < 0) throw new Error(`${document} has no place for the table.`);
	await writeFile(document, `${text.slice(0, before + begin.length)}\n\n${table}\n\n${text.slice(after)}`);
}
