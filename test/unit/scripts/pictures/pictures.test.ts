import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { PNG } from 'pngjs';
import { smallPng } from '../../../../scripts/pictures/smallPng';
import { root } from '../../../../scripts/vscode/host';

const images = path.join(root, 'docs/images');
const maxBytes = 80_000;

describe('the pictures of the documentation', () => {
	it('are all in the README, with words for who cannot see them, and each is small', () => {
		const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
		const shown = [...readme.matchAll(/!\[([^\]]*)\]\(docs\/images\/([\w.-]+)\)/g)];
		for (const [, words = '', name] of shown) assert.ok(words.length > 20, name);
		const taken = readdirSync(images).filter((name) => /\.(?:png|gif)$/.test(name));
		assert.deepEqual(shown.map(([, , name]) => name).sort(), taken.sort());
		for (const name of taken.filter((one) => one.endsWith('.png'))) {
			assert.ok(statSync(path.join(images, name)).size <= maxBytes, name);
		}
	});

	it('keep surfaces, texts and the colour of a small icon as they were', () => {
		const picture = new PNG({ width: 200, height: 150 });
		const colourAt = (x: number, y: number): readonly [number, number, number] => {
			// The rarest of all.
			if (x === 7 && y === 7) return [200, 20, 30];
			// More colours than a palette has.
			if (y >= 100) return [x >> 1, 2 * (y - 100), 128];
			return x < 100 ? [250, 250, 253] : [255, 255, 255];
		};
		for (let at = 0; at < 200 * 150; at++) {
			picture.data.set([...colourAt(at % 200, Math.floor(at / 200)), 255], 4 * at);
		}
		const read = PNG.sync.read(smallPng(PNG.sync.write(picture)));
		assert.deepEqual([read.width, read.height], [200, 150]);
		for (let at = 0; at < 200 * 150; at++) {
			const wanted = colourAt(at % 200, Math.floor(at / 200));
			for (const [n, channel] of wanted.entries()) {
				const off = Math.abs((read.data[4 * at + n] ?? -1) - channel);
				assert.ok(off <= (at < 200 * 100 ? 0 : 15), `${at}: ${off}`);
			}
			assert.equal(read.data[4 * at + 3], 255);
		}
	});
});
