import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../../chatStrings';
import type { QueuedView } from '../../protocol';
import { icon, iconButton } from '../../shared/icon';
import type { Actions } from '../state/actions';

/** Waiting questions for their turn, and why they wait. */
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
					${queue.map(
						({ id, text, attachments }) =>
							html`<li>
								<span class="queue-text" dir="auto" title=${text}>${text}</span>
								${
									attachments.length === 0
										? nothing
										: html`<span class="queue-files" title=${attachments.join(', ')}
												>${icon('attach')}${attachments.length}</span
											>`
								}
								${iconButton('send', strings.askNow, () => actions.queued('askNow', id))}
								${iconButton('edit', strings.editQueued, () => actions.takeBack(id, text))}
								${iconButton('close', strings.removeQueued, () => actions.queued('remove', id))}
							</li>`,
					)}
				</ol>
			</section>`;
}
