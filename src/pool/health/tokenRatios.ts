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
 * Tokens per byte as this process learns them. Every answer is a sample, but the shared record is written only when the ratio
 * has moved visibly: otherwise each answer of each window, or machine of a team, would write the same document.
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
		if (!own || own.samples < record.samples) return record;
		if (own.samples === record.samples && own.tokensPerByte === record.tokensPerByte) return record;
		const isNews = record.samples < firstSamples || Math.abs(own.tokensPerByte / record.tokensPerByte - 1) > visible;
		return isNews ? { ...record, ...own } : record;
	}
}
