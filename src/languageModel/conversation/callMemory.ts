/** What an answer said beside its parts, for editors and extensions that drop what they do not know. */
export interface Remembered {
	/** The thought signature. */
	readonly signature?: string;
	/** The model that answered. */
	readonly model: string;
	/** The service's own id of a call. */
	readonly id?: string;
}

/** Entries that are kept, the newest: the calls of some long conversations. */
const maxEntries = 5_000;

/** Remembers calls by the id that the editor was given, and texts by their content. In memory: a reload forgets. */
export class CallMemory {
	private readonly entries = new Map<string, Remembered>();

	call(callId: string): Remembered | undefined {
		return this.entries.get(`call ${callId}`);
	}

	keepCall(callId: string, remembered: Remembered): void {
		this.keep(`call ${callId}`, remembered);
	}

	/** Of an answer's whole text. */
	text(text: string): Remembered | undefined {
		return text === '' ? undefined : this.entries.get(nameOf(text));
	}

	keepText(text: string, remembered: Remembered): void {
		if (text !== '') this.keep(nameOf(text), remembered);
	}

	private keep(name: string, remembered: Remembered): void {
		this.entries.delete(name);
		this.entries.set(name, remembered);
		for (const oldest of this.entries.keys()) {
			if (this.entries.size <= maxEntries) break;
			this.entries.delete(oldest);
		}
	}
}

/** Short for any text. Two texts of one name would share a signature, which the service would refuse once: no harm is done. */
function nameOf(text: string): string {
	let high = 0xdeadbeef;
	let low = 0x41c6ce57;
	for (let at = 0; at < text.length; at++) {
		const unit = text.charCodeAt(at);
		high = Math.imul(high ^ unit, 2_654_435_761);
		low = Math.imul(low ^ unit, 1_597_334_677);
	}
	return `text ${text.length} ${(high >>> 0).toString(36)} ${(low >>> 0).toString(36)}`;
}
