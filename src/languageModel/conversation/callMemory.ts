import { shortHash } from './shortHash';

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

/** Two texts of one name would share a signature, which the service would refuse once: no harm is done. */
function nameOf(text: string): string {
	return `text ${shortHash(text)}`;
}
