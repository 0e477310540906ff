import type { RequestSize, Usage } from '../types/poolRequest';
import type { ModelRecord } from '../types/stateStore';
import { learnTokenRatio } from './modelRecord';

type Ratio = Pick<ModelRecord, 'tokensPerByte' | 'samples'>;

/** Models of which a ratio is kept: the latest. */
const maxModels = 200;
/** The first samples count each by itself, because the estimate's margin depends on their number. */
const firstSamples = 3;
/** A shared ratio that is off by less than this share stays: the estimate's margin is far wider. */
const visible = 0.03;
/**
 * Samples of one process after which it tells what has moved. One prompt says little of the next one, and in a team each write
 * makes whatever is under way on that model run again, on every key.
 */
const toldEvery = 4;

/**
 * Tokens per byte as this process learns them. Every answer is a sample, but the shared record is written only when the ratio
 * has moved visibly over several: otherwise each answer of each window, or machine of a team, would write the same document.
 */
export class TokenRatios {
	private readonly learnt = new Map<string, Ratio>();

	/** @param stored the shared record, as far as it is known here */
	learn(model: string, size: RequestSize, usage: Usage, stored: ModelRecord): void {
		const own = this.learnt.get(model);
		const { tokensPerByte, samples } = learnTokenRatio(
			{ ...stored, ...(own && own.samples >= stored.samples ? own : {}) },
			size,
			usage,
		);
		this.learnt.delete(model);
		this.learnt.set(model, { tokensPerByte, samples });
		for (const oldest of this.learnt.keys()) {
			if (this.learnt.size <= maxModels) break;
			this.learnt.delete(oldest);
		}
	}

	/** The record with what was learnt here, or the same one if that is hardly news. */
	applyTo(model: string, record: ModelRecord): ModelRecord {
		const own = this.learnt.get(model);
		const more = own ? own.samples - record.samples : 0;
		if (!own || more <= 0) return record;
		const hasMoved = more >= toldEvery && Math.abs(own.tokensPerByte / record.tokensPerByte - 1) > visible;
		const isNews = record.samples < firstSamples || hasMoved;
		return isNews ? { ...record, ...own } : record;
	}
}
