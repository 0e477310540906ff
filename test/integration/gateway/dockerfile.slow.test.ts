import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Image } from '../../support/dockerfile/image';

describe('the Dockerfile', () => {
	let image: Image;
	before(async () => {
		image = await Image.build();
	});
	after(() => image.remove());

	/** The image's program, with nothing of this machine's environment. */
	function start(...args: readonly string[]) {
		const { PATH } = process.env;
		const env = { PATH, HOME: image.workdir, GEMINI_API_KEYS: 'sim-image-1-xxxxxxxxxxxxxxxxxxxx' };
		const child = spawn(process.execPath, [...image.args, ...args], { cwd: image.workdir, env });
		let text = '';
		for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece.toString()));
		const ended = once(child, 'close').then(([code]) => Number(code ?? -1));
		return { child, ended, text: () => text };
	}

	it('makes an image of one program, which says how it is used', async () => {
		assert.deepEqual(image.entrypoint.slice(0, 2), ['node', 'gateway.js']);
		const help = start(...image.command);
		assert.equal(await help.ended, 0, help.text());
		assert.match(help.text(), /--behind-proxy <names>/);
	});

	it('serves, tells a balancer how it is, and ends when it is told to', async () => {
		const token = start('token', 'add', 'ann', '--owner', 'Ann');
		assert.equal(await token.ended, 0, token.text());
		assert.match(token.text(), /^kp_/);
		const gateway = start(
			...['--listen', '127.0.0.1', '--port', '0', '--behind-proxy', 'kp.example', '--drain-delay', '0'],
			...['--base-url', 'http://127.0.0.1:9'],
		);
		let url: string | undefined;
		while (url === undefined) {
			await Promise.race([once(gateway.child.stdout, 'data'), gateway.ended]);
			url = /answers at (http:\S+)/.exec(gateway.text())?.[1];
			assert.equal(gateway.child.exitCode, null, gateway.text());
		}
		assert.equal((await fetch(`${url}/healthz`)).status, 200);
		gateway.child.kill('SIGTERM');
		assert.equal(await gateway.ended, 0, gateway.text());
	});
});
