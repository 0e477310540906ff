import * as vscode from 'vscode';
import { searchable } from '../../common/searchable';
import { askText } from '../../ui/inputBox';
import { askWarning, showInformation } from '../../ui/messages';
import { createPick, iconButton, type PickItem } from '../../ui/quickPick';
import type { AnswerLock } from '../session/answerLock';
import type { ConversationStore } from '../storage/conversationStore';
import type { About } from '../storage/savedTurn';
import type { ChatSession } from '../session/session';
import { toMarkdown } from '../model/exportMarkdown';
import type { EditorApi } from '../model/editorApi';
import type { Conversation } from '../model/conversation';
import type { Translate } from '../model/wording';

export interface ConversationsPick {
	readonly library: ConversationStore;
	readonly session: ChatSession;
	readonly answering: Pick<AnswerLock, 'remoteTurns'>;
	readonly editor: Pick<EditorApi, 'newFile'>;
	/** By a button of the chat, to which the keyboard goes back. */
	readonly isFromChat?: boolean;
	/** A moment in the past, in words. */
	readonly sayTime: (at: number) => string;
	readonly t: Translate;
	readonly onError: (error: unknown) => void;
}

type Item = PickItem & {
	/** Absent where it only says that there is none. */
	readonly about?: About;
};

/**
 * The conversations of the workspace in a quick pick: choose one to go on with it; type to search in titles and in all
 * that was said; buttons rename, export and delete. Resolves when the list is closed, and what asks for a new name.
 */
export function showConversations(options: ConversationsPick): Promise<void> {
	const { session, t, onError } = options;
	const { pick, setItems, setTitle } = createPick<Item>(t('Type to search in all messages'));
	const buttons = {
		rename: iconButton('edit', t('Rename')),
		exported: iconButton('export', t('Export as Markdown')),
		remove: iconButton('trash', t('Delete')),
	};
	const conversations = new Map<string, Promise<Conversation | undefined>>();
	/** Counts searches: one that is overtaken, or whose list is closed, ends. */
	let searches = 0;
	/** Where Enter came before the search of what is typed had ended: the conversation of the row that was the first then, or ''. */
	let early: string | undefined;
	let rows: ReturnType<typeof setItems> = [];
	let renaming: Promise<void> | undefined;
	setTitle(t('Conversations'));

	const search = async (): Promise<void> => {
		const mine = ++searches;
		pick.busy = true;
		const abouts = await options.library.list();
		const items: Item[] = [];
		// One after the other: they have more files together than a system lets a program open.
		for (const about of abouts) {
			const item = await itemFor(about, pick.value);
			if (mine !== searches) return;
			if (item) items.push(item);
		}
		if (mine !== searches) return;
		const none = abouts.length === 0 ? t('There is no conversation yet.') : t('No conversation contains these words.');
		rows = setItems(items.length > 0 ? items : [{ label: none, alwaysShow: true }]);
		pick.busy = false;
	};
	const choose = (about: About | undefined): void => {
		early = undefined;
		pick.hide();
		if (about) quietly(goOnWith(about, options));
	};
	const itemFor = async (about: About, sought: string): Promise<Item | undefined> => {
		const where = sought.trim() === '' ? '' : await passage(about, sought.trim(), opened);
		return where === undefined
			? undefined
			: {
					about,
					label: nameOf(about, t),
					description: options.sayTime(about.changedAt),
					...(where !== '' && { detail: where }),
					alwaysShow: true,
					buttons: Object.values(buttons),
				};
	};
	const opened = (id: string): Promise<Conversation | undefined> => {
		const known = conversations.get(id) ?? options.library.open(id);
		conversations.set(id, known);
		return known;
	};
	const exportListed = async (about: About): Promise<void> => {
		const isOpen = about.id === session.conversation.id;
		const conversation = isOpen ? session.conversation : await opened(about.id);
		if (conversation) await exportConversation(conversation, options);
		else sayGone(about, t);
	};
	const quietly = (work: Promise<unknown>): void => void work.then(undefined, onError);

	pick.onDidChangeValue(() => {
		early = undefined;
		quietly(search());
	});
	pick.onDidAccept(() => {
		const [chosen] = pick.selectedItems;
		const about = chosen?.item.about;
		// Another row than the first was chosen as it is shown. Without a row, VS Code has not shown the first ones yet.
		if (!chosen || (pick.busy && chosen === rows[0])) early = about?.id ?? '';
		else choose(about);
	});
	// What was found is shown by then, in VS Code's order: rows whose name has the words come first.
	pick.onDidChangeActive(([first]) => {
		if (early === undefined || pick.busy) return;
		const same = rows.find(({ item }) => item.about?.id === early);
		const about = (same ?? first)?.item.about;
		if (about) choose(about);
	});
	pick.onDidTriggerItemButton(({ button, item: { item } }) => {
		if (!item.about) return;
		// Before a dialog opens, which gives the keyboard back to what had it: a list that is gone would keep it from everybody.
		pick.hide();
		if (button === buttons.remove) quietly(removeAfterAsking(item.about, options));
		else if (button === buttons.rename) renaming = rename(item.about, options).catch(onError);
		else quietly(exportListed(item.about));
	});
	return new Promise<void>((resolve) => {
		pick.onDidHide(() => {
			searches++;
			pick.dispose();
			resolve();
		});
		pick.show();
		quietly(search());
	}).then(() => renaming);
}

/** Opens the conversation as a Markdown document, to be read or saved anywhere. */
export async function exportConversation(
	conversation: Conversation,
	{ editor, t }: Pick<ConversationsPick, 'editor' | 't'>,
): Promise<void> {
	if (conversation.turns.length === 0) {
		void showInformation(t('There is nothing to export yet. Ask something first.'));
	} else {
		await editor.newFile(toMarkdown(conversation, t), 'markdown');
	}
}

/** Another window may have deleted it since it was listed. */
function sayGone(about: About, t: Translate): void {
	void showInformation(t('{0} is no longer there.', `“${nameOf(about, t)}”`));
}

async function goOnWith(about: About, { library, session, t }: ConversationsPick): Promise<void> {
	const isOpen = about.id === session.conversation.id;
	const conversation = isOpen ? undefined : await library.open(about.id);
	if (!isOpen && session.running) {
		void showInformation(vscode.l10n.t('An answer is still running. Stop it first.'));
	} else if (isOpen || conversation) {
		if (conversation) session.goTo(conversation);
		await vscode.commands.executeCommand('keypool.chat.focus');
	} else {
		sayGone(about, t);
	}
}

/** VS Code gives the keyboard to the editor behind a box or a dialog: the next question would be typed into a file. */
async function backToChat({ isFromChat }: ConversationsPick): Promise<void> {
	if (isFromChat) await vscode.commands.executeCommand('keypool.chat.focus');
}

async function rename(about: About, options: ConversationsPick): Promise<void> {
	const { library, session, t } = options;
	const title = await askText({
		title: t('Rename'),
		value: nameOf(about, t),
		problem: (value) => (value.length > 200 ? t('A name has at most {0} characters.', 200) : undefined),
	});
	if (title === undefined) {
		return;
	}
	await backToChat(options);
	if (about.id === session.conversation.id) {
		session.rename(title);
		return;
	}
	const conversation = await library.open(about.id);
	if (conversation) {
		const { title: _, ...rest } = conversation;
		await library.saveAbout(title.trim() === '' ? rest : { ...rest, title: title.trim() });
		const { turns } = conversation;
		const left = (await library.open(about.id))?.turns;
		// What could not be read, before or now, may be there still.
		if (turns.length === 0 || left?.length !== 0 || turns.some(({ id }) => library.isUnsaved(about.id, id))) return;
		// It was deleted in that moment: a name alone would stay in the list.
		await library.remove(about.id);
		sayGone(about, t);
	} else {
		sayGone(about, t);
	}
}

async function removeAfterAsking(about: About, options: ConversationsPick): Promise<void> {
	const { answering, library, session, t } = options;
	const isElsewhere = (): boolean => answering.remoteTurns(about.id).length > 0;
	const refuse = (): void =>
		void showInformation(
			t('“{0}” is being answered in another window. Wait for it, or stop it there; then delete it.', nameOf(about, t)),
		);
	if (isElsewhere()) return refuse();
	const remove = t('Delete');
	const text = t('Delete “{0}”? This cannot be undone.', nameOf(about, t));
	const pressed = await askWarning(text, undefined, remove);
	await backToChat(options);
	if (pressed !== remove) {
		return;
	}
	// The answer to the question may have taken its time.
	if (isElsewhere()) return refuse();
	if (about.id === session.conversation.id) {
		session.startAnew();
	}
	await library.remove(about.id);
}

function nameOf({ title, begins }: About, t: Translate): string {
	const name = title ?? begins;
	return name === '' ? t('Conversation') : name;
}

/** Where the words stand: '' in the title, else the passage of what was typed, or of its first word; undefined where one stands nowhere. */
async function passage(
	about: About,
	sought: string,
	open: (id: string) => Promise<Conversation | undefined>,
): Promise<string | undefined> {
	const whole = searchable(sought);
	const name = searchable(about.title ?? about.begins);
	const words = whole.split(/\s+/).filter((word) => !name.includes(word));
	if (words.length === 0) {
		return '';
	}
	const conversation = await open(about.id);
	const said = conversation?.turns.flatMap(({ question, answer }) => [question.text, answer.text]) ?? [];
	const texts = said.map((text) => ({ text, searched: searchable(text) }));
	const textWith = (word: string) => texts.find(({ searched }) => searched.includes(word));
	if (words.some((word) => !textWith(word))) return undefined;
	const shown = [whole, ...words].find(textWith) ?? whole;
	const { text, searched } = textWith(shown) ?? { text: '', searched: '' };
	const at = searched.indexOf(shown);
	return text.slice(Math.max(0, at - 30), at + 90).replace(/\s+/g, ' ');
}
