import type { ChatChange } from '../../webviews/protocol';
import type { Picture } from '../model/attachment';
import type { Turn } from '../model/conversation';
import type { PendingItem } from '../model/pendingAttachments';
import { pictureId } from './projection';

/** The picture of that id, of what goes along with the next question or of one that was asked; undefined where it is gone. */
export function pictureById(
	id: string,
	pending: readonly PendingItem[],
	turns: readonly Turn[],
): Extract<ChatChange, { type: 'picture' }> | undefined {
	const found = ofPending(id, pending) ?? ofTurns(id, turns);
	return (
		found && {
			type: 'picture',
			picture: id,
			mimeType: found.mimeType,
			data: found.data,
		}
	);
}

function ofPending(id: string, pending: readonly PendingItem[]): Picture | undefined {
	const item = pending.find((one) => one.id === id);
	return item?.type === 'picture' ? item.picture : undefined;
}

function ofTurns(id: string, turns: readonly Turn[]): Picture | undefined {
	return turns
		.filter((turn) => id.startsWith(`${turn.id}/`))
		.flatMap(({ id: turn, question }) => question.pictures?.filter((_, n) => pictureId(turn, n) === id) ?? [])[0];
}
