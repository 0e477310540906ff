import assert from 'node:assert/strict';
import type { EndedAnswer } from '../../../../src/chat/model/answer';
import { answerView, leftInWords, turnView } from '../../../../src/chat/view/projection';
import type { Wording } from '../../../../src/chat/model/wording';
import { countdown, filled, Numbers } from '../../../../src/webviews/shared/format';
import { done, turn } from '../../../support/chat/fixtures';

const words: Wording = {
	t: filled,
	describeCount: (value) => new Numbers('vi').count(value),
	describeMoney: (microDollars) => `$${microDollars / 1e6}`,
	describeReason: (reason) => ({
		brief: `brief ${reason}`,
		text: `text ${reason}`,
		action: { command: 'keypool.resume', title: `help ${reason}` },
	}),
	describeError: ({ reason }) => ({
		brief: '',
		text: `text ${reason}`,
		action: { command: 'keypool.resume', title: `help ${reason}` },
	}),
};

describe('What is shown of an answer', () => {
	it('tells a wait as a duration from now, never negative', () => {
		const wait = {
			key: 'work',
			model: 'flash',
			reason: 'rpm',
			until: 10_000,
			ahead: 1,
		} as const;
		const waiting = {
			state: 'waiting',
			step: 'queued',
			wait,
			text: '',
			startedAt: 0,
		} as const;
		assert.deepEqual(answerView(waiting, words, 7_000), {
			state: 'waiting',
			step: 'queued',
			wait: {
				key: 'work',
				model: 'flash',
				reason: 'brief rpm',
				inMs: 3_000,
				ahead: 1,
			},
		});
		const late = answerView(waiting, words, 99_000);
		assert.ok(late.state === 'waiting' && late.step === 'queued' && late.wait.inMs === 0);
	});

	it('writes what free keys have left as the reader does, like the tokens beside it', () => {
		assert.equal(leftInWords({ requests: 1_500, isWhole: true }, words), '1.500 free requests left today');
		assert.equal(leftInWords({ requests: 14_400, isWhole: false }, words), 'at least 14.400 free requests left today');
		assert.equal(leftInWords({ requests: 1, isWhole: true }, words), '1 free request left today');
		assert.equal(leftInWords({ requests: 1, isWhole: false }, words), 'at least 1 free request left today');
	});

	it('tells every send with its code for machines and its words for people', () => {
		const attempts = [
			{ label: 'a', model: 'flash', outcome: 'rpm', ms: 1 },
			{ label: 'b', model: 'flash', outcome: 'answered', ms: 2 },
		] as const;
		const view = answerView(
			{
				...done(''),
				state: 'done',
				finishReason: 'STOP',
				summary: { ms: 3, attempts },
			},
			words,
			0,
		);
		assert.ok(view.state === 'done');
		assert.equal(view.footer.fallbacks, 1);
		assert.deepEqual(
			view.footer.attempts.map((sent) => [sent.outcome, sent.words]),
			[
				['rpm', 'brief rpm'],
				['answered', 'answered'],
			],
		);
	});

	it('says when an answer was cut at its length, and says nothing when it ended well', () => {
		const noteOf = (finishReason: string) => {
			const view = answerView(
				{
					state: 'done',
					text: '',
					finishReason,
					summary: { ms: 0, attempts: [] },
				},
				words,
				0,
			);
			return view.state === 'done' ? view.note : undefined;
		};
		assert.equal(noteOf('STOP'), undefined);
		assert.match(noteOf('MAX_TOKENS') ?? '', /length limit/);
		assert.match(noteOf('OTHER') ?? '', /OTHER/);
	});

	it('says of an answer that ended before its end whether any of it is kept', () => {
		const noteOf = (state: 'stopped' | 'cut', content: Pick<EndedAnswer, 'text' | 'thoughts'>) => {
			const view = answerView({ state, ...content, summary: { ms: 0, attempts: [] } }, words, 0);
			return view.state === 'stopped' ? view.note : undefined;
		};
		assert.equal(noteOf('stopped', { text: 'Half' }), 'Stopped. What had arrived is kept.');
		assert.equal(noteOf('stopped', { text: '', thoughts: 'Hm' }), 'Stopped. What had arrived is kept.');
		assert.equal(noteOf('stopped', { text: '' }), 'Stopped before an answer arrived.');
		assert.match(noteOf('cut', { text: 'Half' }) ?? '', /during the answer/);
		assert.match(noteOf('cut', { text: '' }) ?? '', /before an answer arrived/);
	});

	it('gives a failure its one button', () => {
		const answer = {
			state: 'failed',
			text: '',
			reason: 'noKeys',
			facts: {},
			summary: { ms: 0, attempts: [] },
		} as const;
		const view = answerView(answer, words, 0);
		assert.ok(view.state === 'failed');
		assert.deepEqual(view.error, {
			text: 'text noKeys',
			action: 'help noKeys',
			noKey: true,
		});
		const disabled = answerView({ ...answer, facts: { limit: 2 } }, words, 0);
		assert.ok(disabled.state === 'failed' && disabled.error.noKey === undefined, 'there are keys');
	});

	it('names the key that a failure is about: "this key" is none of several', () => {
		const sent = { label: 'Work', model: 'm', outcome: 'blocked', ms: 1 } as const;
		const textOf = (reason: 'blocked' | 'noUsableKey') => {
			const summary = { ms: 0, attempts: [{ ...sent, label: 'Home' }, sent] };
			const view = answerView({ state: 'failed', text: '', reason, facts: {}, summary }, words, 0);
			return view.state === 'failed' ? view.error.text : undefined;
		};
		assert.deepEqual([textOf('blocked'), textOf('noUsableKey')], ['Work: text blocked', 'text noUsableKey']);
	});

	it('shows the size of what was sent along, not its text', () => {
		const attachments = [
			{
				label: 'a.ts, line 1',
				file: 'a.ts',
				language: 'typescript',
				text: 'tiếng',
			},
		];
		const one = turn('1', 'q', done('a'));
		const view = turnView({ ...one, question: { ...one.question, attachments } }, words, 0);
		assert.deepEqual(view.question.attachments, [{ label: 'a.ts, line 1', bytes: 7 }]);
	});

	it('shows names with no mark that turns what follows: of files, keys and models', () => {
		const label = 'cat-\u202egnp.ts';
		const shown = 'cat-\ufffdgnp.ts';
		const attachment = { label, file: label, language: '', text: '' };
		const sent = { label, model: label, outcome: 'answered', ms: 1 } as const;
		const summary = { on: { key: label, model: label }, ms: 1, attempts: [sent] };
		const one = turn('1', 'q', { ...done('a'), summary });
		const picture = { label, mimeType: 'image/png', data: '' } as const;
		const question = { ...one.question, attachments: [attachment], pictures: [picture] };
		const view = turnView({ ...one, question }, words, 0);
		assert.deepEqual(
			view.question.attachments.map((of) => of.label),
			[shown, shown],
		);
		assert.ok(view.answer.state === 'done');
		const { footer } = view.answer;
		const [attempt] = footer.attempts;
		assert.deepEqual([footer.key, footer.model, attempt?.label, attempt?.model], [shown, shown, shown, shown]);
		const wait = { key: label, model: label, reason: 'rpm', until: 0, ahead: 0 } as const;
		const waiting = answerView({ state: 'waiting', step: 'queued', wait, text: '', startedAt: 0 }, words, 0);
		assert.ok(waiting.state === 'waiting' && waiting.step === 'queued');
		assert.deepEqual([waiting.wait.key, waiting.wait.model], [shown, shown]);
		const refused = { ...summary, attempts: [{ ...sent, outcome: 'badKey' } as const] };
		const failed = { state: 'failed', reason: 'badKey', facts: {}, summary: refused, text: '', startedAt: 0 } as const;
		const { error } = answerView(failed, words, 0) as { readonly error: { readonly text: string } };
		assert.ok(error.text.startsWith(`${shown}: `), error.text);
	});
});

describe('Numbers and times', () => {
	it('count down to the second, and say 0:00 only when it is time', () => {
		assert.deepEqual([0, 1, 1_000, 61_000, 3_600_000, -5].map(countdown), [
			'0:00',
			'0:01',
			'0:01',
			'1:01',
			'1:00:00',
			'0:00',
		]);
	});

	it('follow the reader’s language, and an unknown one does no harm', () => {
		assert.equal(new Numbers('vi').count(1_234), '1.234');
		assert.equal(new Numbers('en').seconds(1_234), '1.2');
	});

	it('say a size or a time that is small, never that it is none', () => {
		const [en, vi] = [new Numbers('en'), new Numbers('vi')];
		assert.deepEqual(
			[1, 12, 1_023, 1_024, 20_000].map((bytes) => en.size(bytes)),
			['1 byte', '12 bytes', '1,023 bytes', '1.0 KB', '20 KB'],
		);
		assert.equal(vi.size(12), '12 byte');
		assert.deepEqual(
			[0, 12, 94, 95, 1_250].map((ms) => en.seconds(ms)),
			['0.01', '0.01', '0.09', '0.1', '1.3'],
		);
	});

	it('fill in places, and leave what is missing', () => {
		assert.equal(filled('{0} of {1} {2}', 1, 'two'), '1 of two {2}');
	});
});
