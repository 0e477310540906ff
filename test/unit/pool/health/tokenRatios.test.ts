import assert from 'node:assert/strict';
import { initialModelRecord } from '../../../../src/pool/health/initialRecords';
import { TokenRatios } from '../../../../src/pool/health/tokenRatios';
import type { ModelRecord } from '../../../../src/pool/pool';
import { chance } from '../../../support/pool/chance';

const size = { bytes: 1_000, tokens: 0 };
const usage = (input: number) => ({ input, cached: 0, output: 1, thoughts: 0 });

describe('tokens per byte as a process learns them', () => {
	/** Answers in turn, each seen by one process; returns the shared record and how often it was written. */
	const answered = (inputs: readonly number[], from = initialModelRecord, ratios = new TokenRatios()) => {
		let record: ModelRecord = from;
		let writes = 0;
		for (const input of inputs) {
			ratios.learn('m', size, usage(input), record);
			const next = ratios.applyTo('m', record);
			if (next !== record) writes++;
			record = next;
		}
		return { record, writes };
	};

	it('the first three samples are written, because the margin of an estimate depends on their number', () => {
		const { record, writes } = answered([300, 300, 300]);
		assert.deepEqual([record.tokensPerByte, record.samples, writes], [0.3, 3, 3]);
	});

	it('a hundred answers of about one ratio write no more than that', () => {
		const inputs = Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? 301 : 299));
		assert.equal(answered(inputs).writes, 3);
	});

	it('prompts of fifty processes that differ, as people’s do, hardly ever write it', () => {
		const random = chance(1);
		const machines = Array.from({ length: 50 }, () => new TokenRatios());
		let record: ModelRecord = { ...initialModelRecord, tokensPerByte: 0.25, samples: 1_000 };
		let writes = 0;
		for (let n = 0; n < 2_000; n++) {
			const ratios = machines[Math.floor(random() * machines.length)] as TokenRatios;
			ratios.learn('m', size, usage(Math.round(size.bytes * (0.2 + 0.15 * random()))), record);
			const next = ratios.applyTo('m', record);
			if (next !== record) writes++;
			record = next;
		}
		assert.ok(writes < 60, String(writes));
		assert.ok(Math.abs(record.tokensPerByte / 0.275 - 1) < 0.15, String(record.tokensPerByte));
	});

	it('a ratio that moves slowly is written each time it has moved visibly', () => {
		const inputs = Array.from({ length: 200 }, (_, n) => 300 + n);
		const { record, writes } = answered(inputs);
		assert.ok(writes > 5 && writes < 40, String(writes));
		assert.ok(Math.abs(record.tokensPerByte / 0.49 - 1) < 0.06, String(record.tokensPerByte));
	});

	it('what another process has learnt from more samples is the start', () => {
		const shared = { ...initialModelRecord, tokensPerByte: 0.5, samples: 40 };
		const { record, writes } = answered([500], shared);
		assert.deepEqual([record, writes], [shared, 0]);
	});

	it('images, and a prompt that is short, teach nothing', () => {
		const ratios = new TokenRatios();
		ratios.learn('m', { bytes: 1_000, tokens: 258 }, usage(900), initialModelRecord);
		ratios.learn('m', { bytes: 10, tokens: 0 }, usage(9), initialModelRecord);
		assert.equal(ratios.applyTo('m', initialModelRecord), initialModelRecord);
	});

	it('a ratio still moves after a thousand samples', () => {
		const full = { ...initialModelRecord, tokensPerByte: 0.3, samples: 1_000 };
		assert.ok(answered([600, 600, 600, 600], full).record.tokensPerByte > 0.4);
	});

	it('what is hardly news adds up in the process until it is', () => {
		const full = { ...initialModelRecord, tokensPerByte: 0.3, samples: 1_000 };
		const { record, writes } = answered(
			Array.from({ length: 20 }, () => 312),
			full,
		);
		assert.equal(writes, 1);
		assert.ok(record.tokensPerByte > 0.309, String(record.tokensPerByte));
	});

	it('what another process has learnt meanwhile from more samples holds, and is the start of the next one', () => {
		const ratios = new TokenRatios();
		ratios.learn('m', size, usage(300), initialModelRecord);
		const shared = { ...initialModelRecord, tokensPerByte: 0.5, samples: 40 };
		assert.equal(ratios.applyTo('m', shared), shared);
		const { record } = answered([600, 600, 600, 600], shared, ratios);
		assert.deepEqual([record.tokensPerByte.toFixed(3), record.samples], ['0.559', 44]);
	});

	it('is known of the 200 models that answered last', () => {
		const ratios = new TokenRatios();
		const learn = (model: string) => ratios.learn(model, size, usage(300), initialModelRecord);
		const isKnown = (model: string) => ratios.applyTo(model, initialModelRecord) !== initialModelRecord;
		for (let n = 0; n < 200; n++) learn(`m${n}`);
		assert.equal(isKnown('m0'), true);
		learn('m0');
		learn('new');
		assert.deepEqual(['m0', 'm1', 'm2', 'new'].map(isKnown), [true, false, true, true]);
	});
});
