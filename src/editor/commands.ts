import type { ApplyDiff } from './applyDiff';
import { ask } from './askCommand';
import type { ChatDoor } from './chatDoor';
import type { EditorCommand } from './commandNames';
import { explainSelection } from './explainSelection';

export interface EditorTools {
	readonly chat: ChatDoor;
	readonly anyKey: () => boolean;
	readonly changes: ApplyDiff;
}

type Act = (argument?: unknown) => Promise<void>;

/** The commands on the palette and on the code in front of a person. */
export function editorCommands({ chat, anyKey, changes }: EditorTools): Readonly<Record<EditorCommand, Act>> {
	return {
		'keypool.acceptChange': () => changes.accept(),
		'keypool.rejectChange': () => changes.reject(),
		'keypool.ask': (given) => ask(chat, anyKey, given),
		'keypool.explainSelection': () => explainSelection(chat, anyKey),
	};
}
