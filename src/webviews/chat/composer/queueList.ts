import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { ChatStrings } from '../../chatStrings';
import type { QueuedView } from '../../protocol';
import { icon, iconButton } from '../../shared/icon';
import type { Actions } from '../state/actions';

/** UTF-16 units of a question by which a screen reader tells its buttons from those of the others. */
const maxName = 200;

/** The questions that wait for their turn, and why they wait. */
export function queueList(
	queue: readonly QueuedView[],
	running: boolean,
	strings: ChatStrings,
	actions: Actions,
): TemplateResult | typeof nothing {
	return queue.length === 0
		? nothing
		: html`<section class="queue" data-role="queue" aria-label=${strings.queue}>
				<p>${running ? strings.queueRunning : strings.queueHeld}</p>
				<ol>
					${repeat(
						queue,
						// A button that has the focus stays the one of its question.
						({ id }) => id,
						({ id, text, attachments }) =>
							html`<li>
								<div class="queued" role="group" aria-label=${text.slice(0, maxName)}>
									<span class="queue-text" dir="auto" title=${text}>${text}</span>
									${
										attachments.length === 0
											? nothing
											: html`<span
													class="queue-files"
													role="img"
													aria-label=${attachments.join(', ')}
													title=${attachments.join(', ')}
													>${icon('attach')}${attachments.length}</span
												>`
									}
									${iconButton('send', strings.askNow, () => actions.queued('askNow', id))}
									${iconButton('edit', strings.editQueued, () => actions.takeBack(id, text))}
									${iconButton('close', strings.removeQueued, () => actions.queued('remove', id))}
								</div>
							</li>`,
					)}
				</ol>
			</section>`;
}
