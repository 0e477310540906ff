import { oneLine } from '../../ui/safeText';
import type { MentionView } from '../../webviews/protocol';
import type { EditorApi } from '../model/editorApi';
import type { Translate } from '../model/wording';

/** What a mention stands for. */
export type Mention =
	| { readonly type: 'problems' }
	| { readonly type: 'changes' }
	| { readonly type: 'selection' }
	| { readonly type: 'file'; readonly uri: string };

interface Offer {
	readonly view: MentionView;
	readonly mention: Mention;
}

/** What was offered that is known again: that of some letters. */
const maxKnown = 100;

/** Offers what can go along with a question by its name, and knows again what was offered. */
export class Mentions {
	/** The newest first. Who chooses can have an earlier one in view: each letter that is typed brings another. */
	private offered: readonly Offer[] = [];
	/** Counts offers. */
	private round = 0;

	constructor(
		private readonly editor: Pick<EditorApi, 'findFiles'>,
		private readonly t: Translate,
	) {}

	/** What fits the beginning of a name, keywords first. */
	async offer(text: string): Promise<readonly MentionView[]> {
		const round = ++this.round;
		const found = await this.editor.findFiles(text);
		const keywords = this.keywords().filter(({ view }) => view.name.startsWith(text.toLowerCase()));
		const files = found.map(({ uri, name, path }, n): Offer => ({
			// A direction mark in a name would show another ending than the file has.
			view: { id: `file-${round}-${n}`, name: oneLine(name), detail: oneLine(path) },
			mention: { type: 'file', uri },
		}));
		const offered = [...keywords, ...files];
		this.offered = [...offered, ...this.offered].slice(0, maxKnown);
		return offered.map(({ view }) => view);
	}

	/** Undefined where it was not offered, or long ago. */
	known(id: string): Mention | undefined {
		return this.offered.find(({ view }) => view.id === id)?.mention;
	}

	private keywords(): readonly Offer[] {
		const { t } = this;
		const details = {
			selection: t('The selection, or the function at the cursor'),
			changes: t('Changes to be committed'),
			problems: t('The errors and warnings of the workspace'),
		} as const;
		return (['selection', 'changes', 'problems'] as const).map((type) => ({
			view: { id: type, name: type, detail: details[type] },
			mention: { type },
		}));
	}
}
