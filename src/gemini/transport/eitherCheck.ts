import { EventCheck } from './eventCheck';
import { JsonCheck } from './jsonCheck';
import type { StreamCheck } from './streamCheck';

/** No event begins like JSON: the first character tells which of the two came. */
export class EitherCheck implements StreamCheck {
	private check: StreamCheck | undefined;

	refused(): Error | undefined {
		return this.check?.refused();
	}

	pass(text: string): readonly string[] {
		if (this.check === undefined) {
			if (text.trim() === '') return [];
			this.check = /^\s*[[{]/.test(text) ? new JsonCheck() : new EventCheck();
		}
		return this.check.pass(text);
	}

	end(): readonly string[] {
		return this.check?.end() ?? [];
	}
}
