/** What the editor's commands need of the chat; `extension.ts` hands it in. */
export interface ChatApi {
	/** Opens the chat and asks there; resolves when the answer has ended. */
	ask(question: {
		readonly text: string;
		readonly origin: 'palette' | 'selection';
		readonly attachments: readonly {
			readonly label: string;
			readonly file: string;
			readonly language: string;
			readonly text: string;
		}[];
	}): Promise<void>;
}
