import type { Body, BodyReader } from '../../common/body';
import { Failure } from '../../pool/pool';
import { JsonCheck } from './jsonCheck';
import type { StreamCheck } from './streamCheck';
import { ServiceError } from '../errors/serviceError';
import { jsonIn } from '../../common/json';
import { hasError } from './hasError';
import { EventReader, type ServerEvent } from './sse';

/** Bytes of one answer, including its JSON; pictures take a few MB. */
const maxStream = 16 * 1024 * 1024;

/**
 * The data of each event of a stream, whether it comes as events or as JSON in their place. It refuses at the first error in
 * it, once what came before has been read: with `ServiceError`, or with `Failure` where it is too large.
 */
export class EventStream {
	private readonly reader: BodyReader;
	private readonly decoder = new TextDecoder();
	private readonly check = new EitherCheck();
	private isOver = false;

	/** @param left bytes that it may have */
	constructor(
		body: Body,
		private left = maxStream,
	) {
		this.reader = body.getReader();
	}

	/** The events that have come since; undefined at the end. Also throws what the connection throws. */
	async read(): Promise<readonly string[] | undefined> {
		for (;;) {
			const refusal = this.left < 0 ? tooLarge() : this.check.refused();
			if (refusal !== undefined) throw refusal;
			if (this.isOver) return undefined;
			const { done, value } = await this.reader.read();
			this.left -= value?.byteLength ?? 0;
			this.isOver = done;
			const passing = done ? this.check.end() : this.check.pass(this.decoder.decode(value, { stream: true }));
			if (passing.length > 0) return passing;
		}
	}

	/** Nothing more is wanted. */
	close(): Promise<void> {
		return this.reader.cancel().catch(() => undefined);
	}
}

export function tooLarge(): Failure {
	return new Failure({ type: 'fail', reason: 'answerTooLarge' }, true, '');
}

/** No event begins like JSON: the first character tells which of the two came. */
class EitherCheck implements StreamCheck {
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
		if (stray.trim() !== '' && (this.passed === 0 || hasError(jsonIn(stray)))) {
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
	const body = jsonIn(data);
	return typeof body === 'string' || hasError(body) ? new ServiceError(data) : undefined;
}
