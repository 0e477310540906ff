import { l10n } from 'vscode';
import { createInput, type InputMessage } from '../../ui/inputBox';
import { iconButton } from '../../ui/quickPick';
import { parseKeys, withLineBreaks, mainRefusals, type ParsedKeys } from '../import/parseKeys';
import { describeKind, describeRefusal } from '../check/words';

/** What the user entered, or the other source that the user chose in the box. */
export type BoxAnswer =
	| { readonly type: 'text'; readonly result: ParsedKeys }
	| { readonly type: 'clipboard' }
	| { readonly type: 'import' };

/** Masks shown under the box. */
const maxMasks = 4;

/**
 * A password box for any text with keys in it. Below it, masked, is what was recognised. Undefined when closed. With
 * `otherWays` it has buttons for the clipboard, and for the environment and files.
 */
export function askForKeys(title: string, prompt: string, otherWays: boolean): Promise<BoxAnswer | undefined> {
	const { box, setMessage } = createInput(title, prompt);
	const clipboard = iconButton('clippy', l10n.t('Read the Clipboard'));
	const files = iconButton('folder-opened', l10n.t('Import from the Environment or a .env File…'));
	box.password = true;
	box.ignoreFocusOut = true;
	if (otherWays) box.buttons = [clipboard, files];
	return new Promise((resolve) => {
		const end = (given: BoxAnswer | undefined): void => {
			resolve(given);
			box.hide();
		};
		box.onDidTriggerButton((button) => end({ type: button === clipboard ? 'clipboard' : 'import' }));
		box.onDidChangeValue((text) => {
			setMessage(text === '' ? undefined : describeRead(parseKeys(withLineBreaks(text))));
		});
		box.onDidAccept(() => {
			const result = parseKeys(withLineBreaks(box.value));
			if (result.recognised.length > 0) end({ type: 'text', result });
			else setMessage(describeRead(result));
		});
		box.onDidHide(() => {
			resolve(undefined);
			box.dispose();
		});
		box.show();
	});
}

/** The line below the box: the keys found so far, or why the text is not a key. */
function describeRead({ recognised, refused }: ParsedKeys): InputMessage {
	const [only] = recognised;
	if (!only) {
		const reasons = refused.length === 0 ? [{ reason: 'empty' } as const] : mainRefusals(refused);
		return { text: reasons.map(describeRefusal).join(' '), isError: true };
	}
	const masks = recognised.slice(0, maxMasks).map(({ secret }) => secret.mask);
	const shown = `${masks.join(', ')}${recognised.length > maxMasks ? ', …' : ''}`;
	const found =
		recognised.length === 1
			? l10n.t('{0}: {1}', only.secret.mask, describeKind(only.kind))
			: l10n.t('{0} keys found: {1}', recognised.length, shown);
	const unusable = refused.length > 0 ? `; ${l10n.t('not usable: {0}', refused.length)}` : '';
	return { text: `${found}${unusable}`, isError: false };
}
