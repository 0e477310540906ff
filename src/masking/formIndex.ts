/**
 * Sorted texts. A binary search finds the longest prefix of any of them at a position of another text.
 */
export class FormIndex {
	private readonly forms: string[] = [];

	/** @param minLength UTF-16 units of a prefix that identifies a form */
	constructor(readonly minLength: number) {}

	add(form: string): void {
		const at = this.positionOf(form, 0, form.length);
		if (this.forms[at - 1] !== form) this.forms.splice(at, 0, form);
	}

	/** The length of the longest prefix of a form at `start` of `text`; 0 if it is shorter than `minLength`. */
	lengthAt(text: string, start: number): number {
		const place = this.positionOf(text, start, text.length);
		const length = Math.max(
			sharedLength(this.forms[place - 1], text, start, text.length),
			sharedLength(this.forms[place], text, start, text.length),
		);
		return length >= this.minLength ? length : 0;
	}

	/** Whether the text from `start` to `end` is the prefix of a longer form. */
	isPrefix(text: string, start: number, end: number): boolean {
		const next = this.forms[this.positionOf(text, start, end)];
		return next !== undefined && sharedLength(next, text, start, end) === end - start;
	}

	/** The index of the first form that sorts after this part of `text`. */
	private positionOf(text: string, start: number, end: number): number {
		let low = 0;
		let high = this.forms.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (isAfter(this.forms[middle] ?? '', text, start, end)) high = middle;
			else low = middle + 1;
		}
		return low;
	}
}

function sharedLength(form: string | undefined, text: string, start: number, end: number): number {
	const maxLength = Math.min(form?.length ?? 0, end - start);
	let length = 0;
	while (length < maxLength && form?.charCodeAt(length) === text.charCodeAt(start + length)) length += 1;
	return length;
}

function isAfter(form: string, text: string, start: number, end: number): boolean {
	const shared = sharedLength(form, text, start, end);
	if (start + shared === end) return form.length > shared;
	return shared < form.length && form.charCodeAt(shared) > text.charCodeAt(start + shared);
}
