import { fastDigest } from '../../common/fastDigest';

/** What an answer said beside its parts, for editors and extensions that drop what they do not know. */
export interface Remembered {
	/** The thought signature. */
	readonly signature?: string;
	/** The model that answered. */
	readonly model: string;
	/** The one that was asked for then. */
	readonly wanted?: string;
	/** The service's own id of a call. */
	readonly id?: string;
}

/** Entries that are kept, and characters of their signatures: the calls of some long conversations. The oldest go first. */
const maxEntries = 5_000;
const maxCharacters = 16 * 1024 * 1024;

/** Remembers calls by the id that the editor was given, and texts by their content. In memory: a reload forgets. */
export class CallMemory {
	private readonly entries = new Map<string, Remembered>();
	private characters = 0;

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
		this.drop(name);
		this.entries.set(name, remembered);
		this.characters += lengthOf(remembered);
		for (const oldest of this.entries.keys()) {
			if (this.entries.size <= maxEntries && this.characters <= maxCharacters) break;
			this.drop(oldest);
		}
	}

	private drop(name: string): void {
		this.characters -= lengthOf(this.entries.get(name));
		this.entries.delete(name);
	}
}

function lengthOf(remembered: Remembered | undefined): number {
	return remembered?.signature?.length ?? 0;
}

/** Two texts of one name would share a signature, which the service would refuse once: no harm is done. */
function nameOf(text: string): string {
	return `text ${fastDigest(text)}`;
}
