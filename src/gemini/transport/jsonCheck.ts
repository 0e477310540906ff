import { isObject, jsonIn } from '../../common/json';
import { ServiceError } from '../errors/serviceError';
import { hasError } from './hasError';
import { JsonChunks } from './jsonChunks';
import type { StreamCheck } from './streamCheck';

/** Characters that are kept of a body that is no answer, to classify it. */
const maxHead = 65_536;

/** Checks JSON that came instead of events. */
export class JsonCheck implements StreamCheck {
	private readonly chunks = new JsonChunks();
	private head = '';
	private passed = 0;
	private refusal: Error | undefined;

	refused(): Error | undefined {
		return this.refusal;
	}

	pass(text: string): readonly string[] {
		this.head = (this.head + text.slice(0, maxHead)).slice(0, maxHead);
		const passing: string[] = [];
		for (const chunk of this.chunks.push(text)) {
			const body = jsonIn(chunk);
			if (hasError(body)) this.refusal ??= new ServiceError(chunk);
			else if (this.passed === 0 && !isAnswer(body)) this.refusal ??= new ServiceError(this.head);
			if (this.refusal !== undefined) break;
			passing.push(chunk.replaceAll(/[\r\n]+/g, ' '));
			this.passed++;
		}
		return passing;
	}

	end(): readonly string[] {
		if (this.passed === 0 && this.chunks.isWithin && !this.head.includes('"error"')) {
			this.refusal ??= new SyntaxError('The body ended within its JSON');
		} else if (this.passed === 0) {
			this.refusal ??= new ServiceError(this.head);
		}
		return [];
	}
}

/** Of the service's own dialect, and of OpenAI's. */
const answerFields = ['candidates', 'promptFeedback', 'usageMetadata', 'modelVersion', 'choices'];

/** Whether it looks like an answer or a chunk of one. */
function isAnswer(body: unknown): boolean {
	return isObject(body) && answerFields.some((name) => name in body);
}
