/** px of a thumbnail's longer side, for a screen of twice as many. */
const side = 96;

/** Pictures that are kept small. Those that left the page go first; more on one page keep their icons. */
const maxKept = 200;

/**
 * Draws pictures small on the page's `canvas` elements, whatever is drawn of them: the page's policy loads no image, and
 * this is none. What cannot be decoded, as HEIC in most browsers, keeps its icon.
 */
export class Thumbnails {
	private readonly bitmaps = new Map<string, ImageBitmap | 'asked' | 'none'>();

	/** @param ask for a picture by its id */
	constructor(
		private readonly root: HTMLElement,
		private readonly ask: (picture: string) => void,
	) {}

	/** After the page was drawn. */
	draw(): void {
		const drawn = [...this.root.querySelectorAll('canvas')];
		if (this.bitmaps.size >= maxKept) this.forgetAllBut(new Set(drawn.map(({ dataset }) => dataset['picture'])));
		for (const canvas of drawn) {
			const id = canvas.dataset['picture'] ?? '';
			const bitmap = this.bitmaps.get(id);
			if (bitmap === undefined && this.bitmaps.size < maxKept) this.wish(id);
			else if (bitmap instanceof ImageBitmap && canvas.dataset['drawn'] !== id) paint(canvas, id, bitmap);
			canvas.hidden = !(bitmap instanceof ImageBitmap);
		}
	}

	async received(id: string, mimeType: string, data: string): Promise<void> {
		this.bitmaps.set(id, await small(mimeType, data));
		this.draw();
	}

	private forgetAllBut(shown: ReadonlySet<string | undefined>): void {
		for (const [id, bitmap] of this.bitmaps) {
			if (shown.has(id)) continue;
			if (bitmap instanceof ImageBitmap) bitmap.close();
			this.bitmaps.delete(id);
		}
	}

	private wish(id: string): void {
		this.bitmaps.set(id, 'asked');
		this.ask(id);
	}
}

async function small(type: string, data: string): Promise<ImageBitmap | 'none'> {
	try {
		const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
		const whole = await createImageBitmap(new Blob([bytes], { type }));
		const scale = side / Math.max(whole.width, whole.height, side);
		const [resizeWidth, resizeHeight] = [whole.width, whole.height].map((px) => Math.max(1, Math.round(px * scale)));
		const resized = await createImageBitmap(whole, {
			resizeQuality: 'medium',
			...(resizeWidth !== undefined && { resizeWidth }),
			...(resizeHeight !== undefined && { resizeHeight }),
		});
		whole.close();
		return resized;
	} catch {
		return 'none';
	}
}

function paint(canvas: HTMLCanvasElement, id: string, bitmap: ImageBitmap): void {
	canvas.width = bitmap.width;
	canvas.height = bitmap.height;
	canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
	canvas.dataset['drawn'] = id;
}
