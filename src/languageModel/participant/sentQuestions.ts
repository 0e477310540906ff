/** UTF-16 units of questions that are kept, the newest: more than goes along with one. */
const maxKept = 1_000_000;

/**
 * Questions as they were sent, with the code that went along: the editor's history holds the person's words alone. In memory,
 * so that no file is copied to where the editor keeps its chats; a reload forgets them.
 */
export class SentQuestions {
	private readonly texts = new Map<string, string>();
	private kept = 0;

	keep(id: string, text: string): void {
		this.texts.set(id, text);
		this.kept += text.length;
		for (const [oldest, { length }] of this.texts) {
			if (this.kept <= maxKept) break;
			this.texts.delete(oldest);
			this.kept -= length;
		}
	}

	text(id: string): string | undefined {
		return this.texts.get(id);
	}
}
