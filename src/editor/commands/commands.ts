import { orSaid } from '../../ui/messages';
import type { ApplyDiff } from '../apply/applyDiff';
import { ask } from '../ask/askCommand';
import type { Assistant } from '../ask/assistant';
import type { BatchFiles } from '../batch/runBatchFile';
import type { ChatApi } from '../context/chatApi';
import type { EditorCommand } from './commandNames';
import { writeCommitMessage } from './commitMessage';
import { explainSelection } from './explainSelection';
import { editing, fixing, rewrite } from './rewrite';
import { writeTests } from './writeTests';

export interface EditorTools {
	readonly chat: ChatApi;
	readonly assistant: Assistant;
	readonly changes: ApplyDiff;
	/** Batches, whose libraries are read at the first use. */
	readonly batch: () => Promise<BatchFiles>;
}

type Act = (argument?: unknown, more?: unknown) => Promise<void>;

/** The commands on the palette and on the code in front of a person. */
export function editorCommands(tools: EditorTools): Readonly<Record<EditorCommand, Act>> {
	const { chat, assistant, changes, batch } = tools;
	const { keys } = assistant;
	// What fails then is a fault of ours, of the editor or of the disk: failures of an answer are told by the commands themselves.
	const told = (act: Act): Act => orSaid(act, assistant.report);
	const commitMessages = new Set<string>();
	return {
		'keypool.acceptChange': told((given) => changes.accept(given)),
		'keypool.ask': told((given) => ask(chat, keys, given)),
		'keypool.commitMessage': told((from) => writeCommitMessage(assistant, from, commitMessages)),
		'keypool.document': told(() => rewrite(tools, () => ({ type: 'document' }))),
		'keypool.edit': told((given) => rewrite(tools, (snippet) => editing(snippet, given))),
		'keypool.explainSelection': told(() => explainSelection(chat, assistant)),
		'keypool.fix': told((at) => rewrite(tools, fixing, at)),
		'keypool.rejectChange': told((given) => changes.reject(given)),
		// The explorer hands over what is selected beside the one that was clicked.
		'keypool.runBatchFile': told(async (file, selected) => {
			const files = await batch();
			const all = Array.isArray(selected) && selected.length > 1 ? selected : [file];
			await Promise.all(all.map((one) => files.run(one)));
		}),
		'keypool.writeTests': told(() => writeTests(assistant)),
	};
}
