import type { Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import { oneLine } from '../../ui/safeText';
import type { ChipView } from '../../webviews/protocol';
import { bytesOf, bytesOfBase64, type Attachment, type Picture } from './attachment';

/** What goes along with the next question. A file is read when the question is sent, code is what it was when added. */
export type PendingItem = {
	readonly id: string;
	readonly label: string;
	readonly bytes: number;
} & (
	| { readonly type: 'code'; readonly attachment: Attachment }
	| { readonly type: 'file'; readonly uri: string }
	| { readonly type: 'picture'; readonly picture: Picture }
);

/** A file that a person picked to go along. */
export interface PickedFile {
	readonly uri: string;
	readonly label: string;
	readonly bytes: number;
	/** Its content, where it is a picture. */
	readonly picture?: Picture;
}

/** What is sent along. */
export interface Load {
	readonly attachments: readonly Attachment[];
	readonly pictures: readonly Picture[];
}

export type Taken =
	| { readonly state: 'ready'; readonly load: Load }
	/** A file is gone, or may not be sent: its chip was taken away where `gone`. */
	| {
			readonly state: 'refused';
			readonly label: string;
			readonly reason: 'gone' | 'unfit';
	  };

/** The text of a picked file when it is sent. */
export type ReadFile = (uri: string) => Promise<Attachment | 'gone' | 'unfit'>;

/** Things that go along with one question. */
export const maxItems = 20;

export function codeItem(id: string, attachment: Attachment): PendingItem {
	const { label, text } = attachment;
	return { id, type: 'code', label, bytes: bytesOf(text), attachment };
}

/** Collects what goes along with the next question. */
export class PendingAttachments {
	private items: readonly PendingItem[] = [];
	private readonly changed: Emitter<undefined>;

	constructor(
		private readonly newId: () => string,
		onError: (error: unknown) => void,
	) {
		this.changed = new Emitter(onError);
	}

	onDidChange(listener: () => void): Disposable {
		return this.changed.event(listener);
	}

	get chips(): readonly ChipView[] {
		return this.items.map(({ id, type, label, bytes }) => ({
			id,
			type,
			label: oneLine(label),
			bytes,
		}));
	}

	/** False where no more can go along. */
	addCode(attachment: Attachment): boolean {
		return this.add(codeItem(this.newId(), attachment));
	}

	addPicture(picture: Picture): boolean {
		const { label, data } = picture;
		return this.add({
			id: this.newId(),
			type: 'picture',
			label,
			bytes: bytesOfBase64(data),
			picture,
		});
	}

	/** A file that is there already is not added again. */
	addFile({ uri, label, bytes, picture }: PickedFile): boolean {
		if (picture) return this.addPicture(picture);
		const known = this.items.some((item) => item.type === 'file' && item.uri === uri);
		return known || this.add({ id: this.newId(), type: 'file', label, bytes, uri });
	}

	/** What goes along now. */
	get all(): readonly PendingItem[] {
		return this.items;
	}

	/** Puts back what was taken before; false where there is no room for all of it. */
	putBack(items: readonly PendingItem[]): boolean {
		const known = new Set(this.items.map(({ id }) => id));
		const all = [...this.items, ...items.filter(({ id }) => !known.has(id))];
		const fits = all.length <= maxItems;
		if (fits) this.set(all);
		return fits;
	}

	remove(id: string): void {
		this.set(this.items.filter((item) => item.id !== id));
	}

	/** What was taken has gone; what was added since stays for the next question. */
	sent(items: readonly PendingItem[]): void {
		this.set(this.items.filter((item) => !items.includes(item)));
	}

	clear(): void {
		this.set([]);
	}

	/** Reads what is to be read. The items stay until `sent`. */
	async take(read: ReadFile): Promise<Taken> {
		const attachments: Attachment[] = [];
		const pictures: Picture[] = [];
		for (const item of this.items) {
			switch (item.type) {
				case 'code':
					attachments.push(item.attachment);
					break;
				case 'picture':
					pictures.push(item.picture);
					break;
				case 'file': {
					const found = await read(item.uri);
					if (typeof found === 'string') {
						if (found === 'gone') {
							this.remove(item.id);
						}
						return { state: 'refused', label: item.label, reason: found };
					}
					attachments.push(found);
				}
			}
		}
		return { state: 'ready', load: { attachments, pictures } };
	}

	private add(item: PendingItem): boolean {
		const fits = this.items.length < maxItems;
		if (fits) {
			this.set([...this.items, item]);
		}
		return fits;
	}

	private set(items: readonly PendingItem[]): void {
		this.items = items;
		this.changed.fire(undefined);
	}
}
