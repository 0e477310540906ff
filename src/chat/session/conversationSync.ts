import type { Disposable } from '../../common/dispose';
import type { Clock, Dispose } from '../../pool/pool';
import type { AnswerLock } from './answerLock';
import type { ChatSession } from './session';

/** ms. A window stores an answer that grows as often. */
const everyMs = 2_000;

/** Shows in a session what other windows do in its conversation: when they begin to answer, while they do, and the end. */
export class ConversationSync implements Disposable {
	private readonly registrations: readonly Disposable[];
	private timer: Dispose | undefined;
	private known = '';
	/** An answer of this window ran while another window did something. */
	private missed = false;

	constructor(
		private readonly session: Pick<ChatSession, 'conversation' | 'running' | 'refresh' | 'onDidChange'>,
		private readonly answering: Pick<AnswerLock, 'remoteTurns' | 'onDidChange'>,
		private readonly clock: Pick<Clock, 'after'>,
		private readonly onError: (error: unknown) => void,
	) {
		const look = () => this.look();
		this.registrations = [
			answering.onDidChange(look),
			session.onDidChange(({ type }) => {
				if (type === 'conversation') look();
				else if (this.missed && !session.running) this.refresh();
			}),
		];
		look();
	}

	dispose(): void {
		this.registrations.forEach((registration) => registration.dispose());
		this.timer?.();
	}

	private look(): void {
		const now = this.answering.remoteTurns(this.session.conversation.id).join(' ');
		if (now === this.known) return;
		this.known = now;
		this.catchUp();
	}

	/** Once more after the end: a window that goes stores its last words while it lets go. */
	private catchUp(): void {
		this.timer?.();
		const last = this.known === '';
		this.timer = this.clock.after(everyMs, () => {
			this.timer = undefined;
			this.known = this.answering.remoteTurns(this.session.conversation.id).join(' ');
			if (last && this.known === '') this.refresh();
			else this.catchUp();
		});
		this.refresh();
	}

	private refresh(): void {
		this.missed = this.session.running;
		if (this.missed) return;
		this.session.refresh().catch(this.onError);
	}
}
