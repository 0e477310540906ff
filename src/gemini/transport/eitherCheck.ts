import { JsonCheck } from './jsonCheck';
import type { StreamCheck } from './streamCheck';
import { ServiceError } from '../errors/serviceError';
import { hasError, parsed } from './json';
import { EventReader, type ServerEvent } from './sse';

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

/** Reads events; keeps what the SDK would lose of an error among them. */
class EventCheck implements StreamCheck {
	private readonly events = new EventReader();
	private passed = 0;
	private refusal: ServiceError | undefined;

	refused(): Error | undefined {
		return this.refusal;
	}

	pass(text: string): readonly string[] {
		return this.checked(this.events.push(text));
	}

	end(): readonly string[] {
		const event = this.events.end();
		const passing = this.checked(event === undefined ? [] : [event]);
		// No stream at all, or an error body put bare into one.
		const stray = this.events.strayText;
		if (stray.trim() !== '' && (this.passed === 0 || hasError(parsed(stray)))) {
			this.refusal ??= new ServiceError(stray);
		}
		return passing;
	}

	private checked(found: readonly ServerEvent[]): readonly string[] {
		const passing: string[] = [];
		for (const event of found) {
			this.refusal ??= refusalIn(event);
			if (this.refusal === undefined && event.data !== '[DONE]' && event.data !== '') {
				passing.push(event.data.replaceAll('\n', ' '));
				this.passed++;
			}
		}
		return passing;
	}
}

function refusalIn({ name, data }: ServerEvent): ServiceError | undefined {
	if (name === 'error') {
		return new ServiceError(data);
	}
	// Nearly every event ends here, unparsed: a quoted "error" inside an answer's text would have its quotes escaped.
	if (data === '' || data === '[DONE]' || (data.startsWith('{') && !data.includes('"error"'))) {
		return undefined;
	}
	const body = parsed(data);
	return typeof body === 'string' || hasError(body) ? new ServiceError(data) : undefined;
}
