import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import esbuild from 'esbuild';
import type { Heard, Message, Model, Order, Part, Sending } from '../consumer/protocol';
import { until } from './until';

export type { Heard, Message, Part } from '../consumer/protocol';

/** Another extension that asks language models, told what to ask by a test. */
export class Consumer {
	private constructor(private readonly folder: string) {}

	/** Builds it into a folder of installed extensions. */
	static async install(): Promise<Consumer> {
		const folder = mkdtempSync(path.join(tmpdir(), 'keypool-consumer-'));
		const own = path.join(folder, 'installed/keypool-test.consumer-0.0.0');
		const source = path.join(__dirname, '../consumer');
		cpSync(path.join(source, 'package.json'), path.join(own, 'package.json'));
		await esbuild.build({
			entryPoints: [path.join(source, 'extension.ts')],
			outfile: path.join(own, 'extension.js'),
			bundle: true,
			platform: 'node',
			format: 'cjs',
			external: ['vscode'],
			logLevel: 'warning',
		});
		return new Consumer(folder);
	}

	get installed(): string {
		return path.join(this.folder, 'installed');
	}

	get env(): Readonly<Record<string, string>> {
		return { KEYPOOL_CONSUMER_FILE: this.portFile };
	}

	/** What is told next waits for the extension of a window that is being opened anew. */
	awaitAnew(): void {
		rmSync(this.portFile, { force: true });
	}

	remove(): void {
		rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	}

	select(selector?: Readonly<Record<string, string>>): Promise<readonly Model[]> {
		return this.tell({ do: 'select', ...(selector && { selector }) });
	}

	send(sending: Sending): Promise<Heard> {
		return this.tell({ do: 'send', ...sending });
	}

	/** A question of one text. */
	ask(model: string, text: string, more: Partial<Sending> = {}): Promise<Heard> {
		return this.send({ model, messages: [user({ type: 'text', text })], ...more });
	}

	count(model: string, what: { readonly text: string } | { readonly message: Message }): Promise<number> {
		return this.tell({ do: 'count', model, ...what });
	}

	invoke(tool: string): Promise<readonly string[]> {
		return this.tell({ do: 'invoke', tool });
	}

	private get portFile(): string {
		return path.join(this.folder, 'port');
	}

	private async tell<T>(order: Order): Promise<T> {
		await until('the other extension', () => existsSync(this.portFile) && readFileSync(this.portFile, 'utf8') !== '');
		const url = `http://127.0.0.1:${readFileSync(this.portFile, 'utf8')}`;
		const answer = await fetch(url, { method: 'POST', body: JSON.stringify(order) });
		const { result, error } = (await answer.json()) as { readonly result: T; readonly error?: string };
		if (error !== undefined) throw new Error(error);
		return result;
	}
}

export const user = (...parts: readonly Part[]): Message => ({ role: 1, parts });
export const assistant = (...parts: readonly Part[]): Message => ({ role: 2, parts });
export const system = (...parts: readonly Part[]): Message => ({ role: 3, parts });

export function textOf({ parts }: Heard): string {
	return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
