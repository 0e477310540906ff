import assert from 'node:assert/strict';
import type { GenerationOptions } from '../../../src/generation/options';
import { generalOptions } from '../../support/generation/everyOption';
import { panel, turn, useChatPage, type ChatPage } from '../../support/webviews/chatPage';
import { themeNames } from '../../support/webviews/themes';
import { vietnamese } from '../../support/webviews/webviewPage';
import { until } from '../../support/window/until';

/** How a person writes each option into the drawer: the field's label, and what is typed or chosen there. */
const fields: {
	readonly [Name in keyof GenerationOptions]-?: readonly [label: string, value: string];
} = {
	system: ['System instruction', 'Be brief.'],
	temperature: ['Temperature, 0 to 2', '0.5'],
	topP: ['Top P, 0 to 1', '0.9'],
	topK: ['Top K', '40'],
	seed: ['Seed', '-7'],
	maxOutputTokens: ['Maximum answer length, in tokens', '1000'],
	stopSequences: ['Stop sequences, one a line', 'END\n#'],
	presencePenalty: ['Presence penalty, -2 to 2', '1.5'],
	frequencyPenalty: ['Frequency penalty, -2 to 2', '-1.5'],
	thinking: ['Thinking', 'low'],
	includeThoughts: ['Show thoughts', 'yes'],
	safetySettings: ['Safety filter: Harassment', 'block what is very likely harmful'],
	responseMimeType: ['Form of the answer', 'one of a list (text/x.enum)'],
	responseSchema: ['Schema of a JSON answer', '{"type":"object","properties":{"name":{"type":"string"}}}'],
	googleSearch: ['Google Search', 'yes'],
	codeExecution: ['Run code at Google', 'yes'],
	urlContext: ['Read the web pages named in the question', 'yes'],
	mediaResolution: ['Resolution of pictures', 'high'],
	serviceTier: ['Service tier', 'flex: cheaper, slower'],
	enableEnhancedCivicAnswers: ['Enhanced civic answers', 'yes'],
	store: ['Google may log the request', 'no'],
};

describe('the options of a conversation', () => {
	const page = useChatPage();
	let chat: ChatPage;
	beforeEach(() => {
		chat = page();
	});

	const asked = () => chat.requests.findLast(({ type }) => type === 'options');
	const options = (): unknown => {
		const request = asked();
		return request?.type === 'options' ? request.options : undefined;
	};
	const openDrawer = async () => {
		await chat.page.locator('[data-action="drawer"]').press('Enter');
		await chat.page.locator('#drawer').waitFor();
		await chat.page.locator('#drawer summary').click();
	};
	const field = (label: string) => chat.page.locator('#drawer').getByLabel(label, { exact: true });
	const set = async ([label, value]: readonly [string, string]) => {
		const found = field(label);
		if ((await found.and(chat.page.locator('select')).count()) > 0) {
			await found.selectOption({ label: value });
			return;
		}
		await found.fill(value);
		await found.blur();
	};

	it('have each a field in the drawer, whose value goes to the host', async () => {
		await chat.state([]);
		await openDrawer();
		for (const [name, written] of Object.entries(fields)) {
			chat.requests.length = 0;
			await chat.update({ type: 'panel', panel });
			await chat.drawn();
			await set(written);
			const { value } = generalOptions[name as keyof GenerationOptions];
			await until(name, () => asked() !== undefined);
			assert.deepEqual(options(), { [name]: value }, name);
			// As the host does, so that the next field stands alone again.
			await chat.update({
				type: 'panel',
				panel: { ...panel, options: { [name]: value } },
			});
			await chat.drawn();
		}
	});

	it('show what they are, all together, and go back as they came', async () => {
		const all = Object.fromEntries(Object.entries(generalOptions).map(([name, { value }]) => [name, value]));
		await chat.state([], { options: all });
		await openDrawer();
		await set(['Seed', '8']);
		await until('the options', () => asked() !== undefined);
		assert.deepEqual(options(), { ...all, seed: 8 });
	});

	it('take a thinking level or a budget: the later one counts, and the other goes', async () => {
		await chat.state([], { options: { thinking: 'low' } });
		await openDrawer();
		await set(['Thinking budget, in tokens', '512']);
		await until('the budget', () => asked() !== undefined);
		assert.deepEqual(options(), { thinking: 512 });
		await chat.update({
			type: 'panel',
			panel: { ...panel, options: { thinking: 512 } },
		});
		await until('no level', async () => (await field('Thinking').inputValue()) === '');
		chat.requests.length = 0;
		await field('Thinking').selectOption('high');
		await until('the level', () => asked() !== undefined);
		assert.deepEqual(options(), { thinking: 'high' });
	});

	it('say what the setting says where they say nothing', async () => {
		const defaults = {
			temperature: 0.3,
			thinking: 'high',
			googleSearch: true,
			system: 'From the setting.',
		} as const;
		await chat.state([], { defaults });
		await openDrawer();
		assert.equal(await field('Temperature, 0 to 2').getAttribute('placeholder'), 'as in the settings: 0.3');
		assert.equal(await field('System instruction').getAttribute('placeholder'), 'From the setting.');
		const shown = (label: string) => field(label).locator('option:checked').textContent();
		assert.equal(await shown('Thinking'), 'as in the settings: high');
		assert.equal(await shown('Google Search'), 'as in the settings: yes');
		assert.equal(await shown('Run code at Google'), 'as the service decides');
		await set(['Google Search', 'no']);
		await until('the options', () => asked() !== undefined);
		assert.deepEqual(options(), { googleSearch: false });
	});

	it('refuse a schema that is no JSON object, and too many stop sequences', async () => {
		await chat.state([]);
		await openDrawer();
		for (const [label, bad, good] of [
			['Schema of a JSON answer', '[1]', '{}'],
			['Stop sequences, one a line', '1\n2\n3\n4\n5\n6', '1'],
		] as const) {
			chat.requests.length = 0;
			await set([label, bad]);
			await chat.drawn();
			assert.equal(await field(label).and(chat.page.locator(':invalid')).count(), 1, label);
			assert.equal(asked(), undefined);
			await set([label, good]);
			await until(label, () => asked() !== undefined);
		}
	});

	it('show the field that cannot count where it was folded away meanwhile: until it does, none is taken', async () => {
		await chat.state([]);
		await openDrawer();
		await set([fields.responseSchema[0], '[1]']);
		await chat.page.locator('#drawer summary').click();
		await field(fields.responseSchema[0]).waitFor({ state: 'hidden' });
		await set(fields.temperature);
		await field(fields.responseSchema[0]).waitFor();
		assert.equal(asked(), undefined);
	});

	it('leave the focus where it went, from a field that cannot count: what is typed there is for another one', async () => {
		await chat.state([]);
		await openDrawer();
		await field('Temperature, 0 to 2').focus();
		await chat.page.keyboard.type('5');
		await chat.page.keyboard.press('Tab');
		assert.equal(await chat.page.evaluate('document.activeElement.name'), 'maxOutputTokens');
		await chat.page.getByRole('alert').filter({ hasText: 'Temperature, 0 to 2: ' }).waitFor();
		await chat.page.keyboard.type('10');
		await field('System instruction').click();
		await chat.page.keyboard.type('Be brief.');
		assert.equal(await field('System instruction').inputValue(), 'Be brief.');
		assert.equal(await field('Temperature, 0 to 2').inputValue(), '5');
		await set(['Temperature, 0 to 2', '1']);
		await until('the options', () => asked() !== undefined);
		assert.deepEqual(options(), { system: 'Be brief.', temperature: 1, maxOutputTokens: 10 });
		await chat.page.getByRole('alert').filter({ hasText: 'Temperature' }).waitFor({ state: 'detached' });
	});

	it('leave the focus in the box where one is cleared beside it: not on the button of the next, nor nowhere', async () => {
		const both = { temperature: 0.5, seed: 7 };
		await chat.state([], { options: both });
		await chat.page.getByRole('button', { name: 'Clear: Temperature 0.5' }).press('Enter');
		await until('the options', () => asked() !== undefined);
		assert.deepEqual(options(), { seed: 7 });
		await chat.update({ type: 'panel', panel: { ...panel, options: { seed: 7 } } });
		await until('the focus', async () => (await chat.page.evaluate('document.activeElement.dataset.role')) === 'input');
	});

	it('show in every theme which of them has the focus', async () => {
		await chat.state([], { options: { seed: 7 } });
		const button = chat.page.locator('.chip-button');
		await button.focus();
		await chat.page.keyboard.press('Shift+Tab');
		await chat.page.keyboard.press('Tab');
		for (const theme of themeNames) {
			await chat.wear(theme);
			// Of the ring with the chip around it.
			const contrast = await chat.page.evaluate(`(() => {
				const button = document.activeElement;
				const light = (colour) => {
					const of = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
					const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(of);
					return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
				};
				const [ring, chip] = [getComputedStyle(button).outlineColor, getComputedStyle(button.parentElement).backgroundColor];
				return Math.max(light(ring), light(chip)) / Math.min(light(ring), light(chip));
			})()`);
			assert.ok(Number(contrast) >= 3, `${theme}: ${String(contrast)}`);
		}
	});

	it('write a fraction as the language does, in the chip as in the box that says what counts without one', async () => {
		const shown = { options: { temperature: 0.5, maxOutputTokens: 10_000 }, defaults: { topP: 0.25 } };
		await chat.state([], shown, vietnamese);
		assert.deepEqual(
			(await chat.page.locator('[data-role="options"] .chip').allInnerTexts()).map((text) => text.trim()),
			['Nhiệt độ 0,5', 'Độ dài tối đa của câu trả lời 10000', 'Top P 0,25'],
		);
		assert.equal(await chat.page.locator('#option-topP').getAttribute('placeholder'), 'theo cài đặt: 0,25');
	});

	it('leave nothing of a field that could not count to another conversation', async () => {
		await chat.state([]);
		await openDrawer();
		await set([fields.responseSchema[0], '[1]']);
		chat.conversation = 'another';
		await chat.state([]);
		await chat.drawn();
		assert.equal(await field(fields.responseSchema[0]).inputValue(), '');
		await set(fields.temperature);
		await until('the options', () => asked() !== undefined);
		assert.deepEqual(options(), { temperature: 0.5 });
	});
});

describe('thoughts and sources of an answer', () => {
	const page = useChatPage();
	let chat: ChatPage;
	beforeEach(() => {
		chat = page();
	});

	it('thoughts come in folded above the answer, and are not copied with it', async () => {
		await chat.state([turn('1', '', { state: 'waiting', step: 'thinking' })]);
		await chat.update({ type: 'appendThoughts', turn: '1', text: '**Light**' });
		const thoughts = chat.page.locator('[data-role="thoughts"]');
		await thoughts.waitFor();
		assert.equal(await chat.page.getByText('Light').isVisible(), false);
		await thoughts.locator('summary').press('Enter');
		await thoughts.locator('strong', { hasText: 'Light' }).waitFor();
		await chat.update({
			type: 'appendThoughts',
			turn: '1',
			text: ' scatters.',
		});
		await thoughts.getByText('scatters.').waitFor();
		await chat.update({
			type: 'turn',
			turn: { ...turn('1', 'Because.'), thoughts: '**Light** scatters.' },
		});
		await chat.answer('done').getByText('Because.').waitFor();
		assert.equal(await thoughts.getAttribute('open'), '', 'what was unfolded stays so');
		const above = `document.querySelector('.thoughts').compareDocumentPosition(document.querySelector('.answer > .markdown'))`;
		assert.equal(await chat.page.evaluate(above), 4, 'the answer follows the thoughts');
		await chat.page.getByRole('button', { name: 'Copy the answer' }).click();
		assert.deepEqual(await chat.request('copy'), {
			type: 'copy',
			text: 'Because.',
		});
	});

	it('thoughts go with a text that is taken back, and the next ones begin anew', async () => {
		await chat.state([
			{
				...turn('1', 'Half', { state: 'streaming' }),
				thoughts: 'old thoughts',
			},
		]);
		const thoughts = chat.page.locator('[data-role="thoughts"]');
		await thoughts.locator('summary').click();
		await thoughts.getByText('old thoughts').waitFor();
		await chat.update({ type: 'retract', turn: '1' });
		await thoughts.waitFor({ state: 'detached' });
		await chat.update({ type: 'appendThoughts', turn: '1', text: 'new' });
		await thoughts.locator('summary').click();
		await thoughts.getByText('new').waitFor();
		assert.equal(await thoughts.locator('.markdown').innerText(), 'new');
	});

	it('sources are a plain list, whose links the host opens, and only those of the web are any', async () => {
		const sources = [
			{ title: 'NASA <b>', uri: 'https://nasa.example/a?b=c' },
			{ title: 'Bad', uri: 'command:workbench.action.quit' },
			{ title: 'Worse', uri: 'javascript:alert(1)' },
			{ title: 'No address', uri: '' },
		];
		await chat.state([turn('1', 'Because.', { state: 'streaming' })]);
		await chat.update({
			type: 'grounding',
			turn: '1',
			grounding: { queries: ['why blue'], sources },
		});
		const list = chat.page.locator('[data-role="sources"]');
		await list.getByText('Searched for: why blue').waitFor();
		assert.deepEqual(await list.locator('li').allInnerTexts(), ['NASA <b>', 'Bad', 'Worse', 'No address']);
		assert.equal(await list.locator('a').count(), 1);
		await list.locator('a').click();
		assert.deepEqual(await chat.request('openLink'), {
			type: 'openLink',
			href: 'https://nasa.example/a?b=c',
		});
		assert.deepEqual(chat.loads, []);
	});
});
