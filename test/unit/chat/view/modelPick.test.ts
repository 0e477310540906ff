import assert from 'node:assert/strict';
import type * as used from '../../../../src/chat/view/modelPick';
import { ModelListCache } from '../../../../src/chat/view/modelListCache';
import { createWords } from '../../../../src/localization/words';
import { EditorStandIn } from '../../../support/ui/editor';

describe('the models that a person chooses among', () => {
	it('leave out those that answer no chat: the service lists its agents, and models of sound and pictures, as well', async () => {
		const editor = new EditorStandIn();
		Object.assign(editor.api, { env: { language: 'en' } });
		const { pickModel } = editor.read('../chat/view/modelPick') as typeof used;
		const ids = [
			'gemini-3.8-flash',
			'deep-research-pro-preview',
			'gemini-2.5-flash-preview-tts',
			'gemini-3.5-transcribe',
			'gemma-3-27b-it',
		];
		const catalogue = new ModelListCache(
			() => Promise.resolve(ids.map((id) => ({ id, label: id }))),
			() => 0,
		);
		const { signal } = new AbortController();
		const words = createWords(
			(text) => text,
			{ language: 'en' },
			() => 0,
		);
		await pickModel(catalogue, { title: 'Model', placeHolder: '', byDefault: 'gemini-3.8-flash' }, signal, words);
		const [rows] = editor.given as readonly (readonly { readonly label: string; readonly description: string }[])[];
		assert.deepEqual(
			rows?.map(({ label, description }) => [label, description]),
			[
				['As in the settings', 'gemini-3.8-flash · current'],
				['gemini-3.8-flash', 'gemini-3.8-flash'],
				['gemma-3-27b-it', 'gemma-3-27b-it'],
			],
		);
	});
});
