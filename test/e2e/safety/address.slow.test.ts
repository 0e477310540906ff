import assert from 'node:assert/strict';
import { useLoopback } from '../../support/loopback';
import { Chat } from '../../support/window/chat';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const key = 'sim-only-one';
/** Outside names that nobody can own. */
const gateway = 'gateway.invalid';

describe('the address of the service', () => {
	const listen = useLoopback();
	// Back-offs as short as they may be: nobody is there in most of these.
	const settings = { 'keypool.baseDelay': 0.1, 'keypool.fallbackModels': [] };
	const workbench = useWorkbench({ env: { GEMINI_API_KEYS: key }, settings });
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
	});

	async function configure(own: Readonly<Record<string, unknown>>): Promise<void> {
		workbench().server.configure({ ...settings, ...own });
		await window.reload();
	}

	/** Asks, and waits for the sentence in place of an answer. */
	async function refusal(question: string, sentence: string): Promise<void> {
		await chat.ask(question);
		await chat.answerTo(question).locator('[data-role="error"]', { hasText: sentence }).waitFor();
	}

	it('is refused where it is neither https nor this computer, and says so', async () => {
		await configure({ 'keypool.baseUrl': `http://${gateway}` });
		await refusal('Is it safe?', 'names a host that may not receive your keys. Nothing was sent.');
		await window.notice('The setting keypool.baseUrl is refused: it must begin with https');
		await window.screenshot('address-refused');
	});

	it('is confirmed once where it is another host, whose name is told; a no sends nothing', async () => {
		const asked: string[] = [];
		const calls = (): number => asked.length;
		const proxy = await listen((_, response) => response.writeHead(502).end());
		proxy.server.on('connect', (request, socket) => {
			asked.push(JSON.stringify([request.url, request.headers]));
			socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
		});
		await configure({ 'keypool.baseUrl': `https://${gateway}/gemini`, 'http.proxy': proxy.url });
		const question = window.page.locator('.monaco-dialog-box', { hasText: `keys and prompts to ${gateway}?` });

		await chat.ask('May it go there?');
		await question.waitFor();
		await window.screenshot('address-confirm');
		await window.press('Escape');
		await chat.answerTo('May it go there?').locator('[data-role="error"]', { hasText: 'Nothing was sent' }).waitFor();
		assert.equal(calls(), 0);

		await chat.ask('And now?');
		await window.dialogButton('Send My Keys There').click();
		// The proxy of the settings, which is the only way that is taken, answers and leads no further: that is said, and it is
		// tried again after ten seconds.
		const stopWaiting = async (asking: string): Promise<void> => {
			const card = chat.answerTo(asking).locator('[data-role="waiting"]', { hasText: 'answered by a proxy' });
			await card.waitFor();
			await window.screenshot('address-proxy');
			await card.locator('[data-action="cancel"]').click();
			await card.waitFor({ state: 'detached' });
		};
		await stopWaiting('And now?');
		assert.ok(calls() > 0, 'the proxy saw no call');
		assert.ok(asked.every((call) => call.startsWith(`["${gateway}:443"`) && !call.includes(key)));

		const before = calls();
		await chat.ask('Is that asked again?');
		await stopWaiting('Is that asked again?');
		assert.ok(calls() > before);
	});

	it('does not lead the key elsewhere by a redirect', async () => {
		const led: string[] = [];
		const elsewhere = await listen((request, response) => {
			led.push(request.url ?? '');
			response.end();
		});
		const seen: string[] = [];
		const here = await listen((request, response) => {
			seen.push(String(request.headers['x-goog-api-key']));
			request.resume();
			response.writeHead(307, { location: `${elsewhere.url}/v1beta/models` }).end();
		});
		await configure({ 'keypool.baseUrl': here.url });
		await refusal('Where does it lead?', 'was redirected to another address. The key was not sent there.');
		assert.deepEqual([...new Set(seen)], [key]);
		assert.deepEqual(led, []);
	});

	it('keeps the question and blames no key where nobody listens', async () => {
		const { url, close } = await listen();
		await close();
		await configure({ 'keypool.baseUrl': url });
		await refusal(
			'Is anybody there?',
			'The service cannot be reached: this computer is offline, nothing answers at the address, or its certificate is not trusted here.',
		);
		await chat.questions.last().getByText('Is anybody there?').waitFor();
		await window.statusBarItem('keypool.status').filter({ hasText: '1/1' }).waitFor();
		assert.deepEqual(window.errors, []);
	});
});
