import assert from 'node:assert/strict';
import type * as askConsents from '../../../../src/languageModel/consent/askConsent';
import { Consent, type AskPerson, type ConsentStore } from '../../../../src/languageModel/consent/consent';
import { ModelEditor } from '../../../support/languageModel/editor';
import { textsIn } from '../../../support/ui/editor';

type Answer = Awaited<ReturnType<AskPerson>>;

/** A window's memory, and a person who answers in turn. */
function opened(answers: readonly Answer[], stored?: unknown) {
	const asked: (string | undefined)[] = [];
	let value = stored;
	const store: ConsentStore = {
		get: () => value,
		update: (_, next) => {
			value = next;
			return Promise.resolve();
		},
	};
	const ask: AskPerson = (extension) => Promise.resolve(answers[asked.push(extension) - 1]);
	const sizes: number[] = [];
	const open = () => {
		const consent: Consent = new Consent(store, ask, 'keypool.keypool-gemini', () =>
			sizes.push(consent.decisions.size),
		);
		return consent;
	};
	return { consent: open(), asked, sizes, reopened: open, stored: () => value };
}

describe('who may ask language models', () => {
	it('asks about each extension once, whatever its case, and remembers it', async () => {
		const { consent, asked, reopened, stored } = opened(['allow', 'never']);
		assert.equal(await consent.allows('Some.One'), true);
		assert.equal(await consent.allows('some.one'), true);
		assert.equal(await consent.allows('other.one'), false);
		assert.equal(await consent.allows('other.one'), false);
		assert.deepEqual(asked, ['some.one', 'other.one']);
		assert.deepEqual(stored(), { 'some.one': 'allowed', 'other.one': 'refused' });
		const next = reopened();
		assert.deepEqual([await next.allows('some.one'), await next.allows('other.one')], [true, false]);
		assert.equal(asked.length, 2);
	});

	it('asks nobody about the editor’s own chat, nor about ourselves', async () => {
		const { consent, asked } = opened([]);
		for (const id of ['core', 'GitHub.copilot-chat', 'keypool.Keypool-Gemini'])
			assert.equal(await consent.allows(id), true);
		assert.deepEqual(asked, []);
	});

	it('asks again where a person has taken back what they said for the session', async () => {
		const { consent, asked } = opened(['session', undefined]);
		assert.equal(await consent.allows('a.a'), true);
		await consent.decide('a.a', undefined);
		assert.equal(await consent.allows('a.a'), false);
		assert.equal(asked.length, 2);
	});

	it('holds for the session alone where the person says so, or closes the question', async () => {
		const { consent, asked, reopened, sizes, stored } = opened(['session', undefined, 'allow']);
		assert.equal(await consent.allows('a.a'), true);
		assert.equal(await consent.allows('b.b'), false);
		assert.equal(await consent.allows('b.b'), false);
		assert.equal(asked.length, 2);
		assert.equal(stored(), undefined);
		assert.deepEqual(sizes, [1, 2], 'the menus hear of each decision');
		assert.equal(await reopened().allows('b.b'), true);
	});

	it('has one question for requests side by side', async () => {
		const { consent, asked } = opened(['allow']);
		assert.deepEqual(await Promise.all([consent.allows('a.a'), consent.allows('a.a'), consent.allows('A.A')]), [
			true,
			true,
			true,
		]);
		assert.equal(asked.length, 1);
	});

	it('asks about requests that name nobody as such', async () => {
		const { consent, asked } = opened(['never']);
		assert.equal(await consent.allows(undefined), false);
		assert.deepEqual(asked, [undefined]);
		assert.deepEqual([...consent.decisions], [['', 'refused']]);
	});

	it('can be changed: allowed, refused, or asked again', async () => {
		const { consent, asked } = opened(['never', 'session']);
		await consent.allows('a.a');
		await consent.decide('a.a', 'allowed');
		assert.equal(await consent.allows('a.a'), true);
		await consent.decide('a.a', undefined);
		assert.equal(await consent.allows('a.a'), true);
		assert.equal(asked.length, 2);
		assert.deepEqual([...consent.decisions], [['a.a', 'allowedForSession']]);
		await consent.decide('a.a', 'refused');
		assert.equal(await consent.allows('a.a'), false);
	});

	it('holds as it was decided last in another window, also where this one has one for its session', async () => {
		const { consent, reopened, stored } = opened(['session', undefined]);
		assert.deepEqual([await consent.allows('a.a'), await consent.allows('b.b')], [true, false]);
		const other = reopened();
		await other.decide('a.a', 'refused');
		await other.decide('b.b', 'allowed');
		assert.deepEqual([await consent.allows('a.a'), await consent.allows('b.b')], [false, true]);
		assert.deepEqual(Object.fromEntries(consent.decisions), stored());
	});

	it('takes nothing for a decision that is none', async () => {
		const { consent, asked } = opened(['never'], { 'a.a': 'yes', 'b.b': 'allowed' });
		assert.deepEqual([await consent.allows('a.a'), await consent.allows('b.b')], [false, true]);
		assert.deepEqual(asked, ['a.a']);
	});
});

it('the requests under way of an extension end once a person refuses it, and of it alone', async () => {
	const { consent } = opened(['allow']);
	await consent.allows('some.one');
	const [its, another] = [consent.refusal('Some.One'), consent.refusal('another.one')];
	await consent.decide('some.one', 'allowed');
	assert.equal(its.aborted, false);
	await consent.decide('some.one', 'refused');
	assert.deepEqual([its.aborted, another.aborted], [true, false]);
	await consent.decide('some.one', 'allowed');
	assert.equal(consent.refusal('some.one').aborted, false);
});

describe('the name of an extension that asks', () => {
	const named = (displayName: unknown): string => {
		const editor = new ModelEditor();
		Object.assign(editor.api, { extensions: { getExtension: () => ({ packageJSON: { displayName } }) } });
		const { nameOfExtension } = editor.read('../languageModel/consent/askConsent') as typeof askConsents;
		return nameOfExtension('evil.one');
	};

	it('stands beside its id, and cannot take the place of one', () => {
		assert.equal(named('Somebody’s Assistant'), '“Somebody’s Assistant” (evil.one)');
		for (const none of [undefined, '', 7, '  ']) assert.equal(named(none), 'evil.one');
		assert.equal(named('Copilot” (github.copilot)'), '“Copilot’ (github.copilot)” (evil.one)');
		const long = named(`Copilot${' of all kinds'.repeat(500)}`);
		assert.ok(long.length < 100 && long.endsWith('” (evil.one)'), long);
		assert.doesNotMatch(named('x\u202e\ny'), /[\n\u202e]/);
	});
});

it('the question about an extension speaks of no keys where a team’s gateway answers in place of them', async () => {
	for (const isGatewayUsed of [true, false]) {
		const editor = new ModelEditor();
		const { askConsent } = editor.read('../languageModel/consent/askConsent') as typeof askConsents;
		await askConsent(undefined, isGatewayUsed);
		const texts = textsIn(editor.given).join('\n');
		assert.match(texts, /wants to ask Gemini through Keypool\. Allow it\?/);
		assert.equal(texts.includes('keys'), !isGatewayUsed);
	}
});
