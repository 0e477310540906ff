import assert from 'node:assert/strict';
import type * as used from '../../../../src/views/notices/settingNotice';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';
import { settingsOf, Written } from '../../../support/written';

/** What is shown where budgets are written in that order, the first before the window opens. */
function shown(isFocused: boolean, name: string, ...values: readonly unknown[]): readonly string[] {
	const editor = new EditorStandIn();
	Object.assign(editor.api.window, { state: { focused: isFocused } });
	const { createSettingNotice } = editor.read('../views/notices/settingNotice') as typeof used;
	const source = new Written({ [name]: values[0] });
	const settings = settingsOf(source, { invalid: createSettingNotice({ warn: () => undefined }) });
	for (const value of values.slice(1)) source.write({ [name]: value });
	settings.dispose();
	return textsIn(editor.given).filter((text) => text.startsWith('The setting'));
}

describe('a budget, a limit or a demand that is written wrongly', () => {
	const wrong = { dya: 5 };

	it('is told to whoever writes it, once, in the window where they do: it would limit nothing', () => {
		for (const name of ['budgets', 'limits']) {
			assert.match(shown(true, name, {}, wrong, {}).join(), new RegExp(`^The setting keypool.${name} holds a value`));
			assert.deepEqual(shown(false, name, {}, wrong), [], 'another window');
			assert.deepEqual(shown(true, name, wrong, wrong), [], 'it was so at the start');
		}
		assert.equal(shown(true, 'budgets', {}, wrong, {}, wrong).length, 2);
	});

	it('so is a demand for paid keys: prompts would go to free ones', () => {
		for (const name of ['paidOnly', 'paidOnlyInRestrictedMode'])
			assert.match(shown(true, name, false, 'true').join(), new RegExp(`^The setting keypool.${name} holds a value`));
	});

	it('and of other settings the log tells', () => {
		assert.deepEqual(shown(true, 'maxWait', 60, 'soon'), []);
	});
});
