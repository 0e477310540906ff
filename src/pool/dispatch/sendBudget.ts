import type { Budget, RetryState } from './retryState';
import type { LeaseAllocator } from '../selection/leaseAllocator';
import type { Options } from '../types/options';
import type { LeaseGrant, LeaseRequest } from '../types/leaseRequest';

/** However small the setting and the pool. */
const minSends = 5;
/** Each retry of an overloaded model costs a request of the day: where those are few, one is enough. */
const smallDayRetries = 1;

/** How many sends one prompt has left over all its rounds, and what they must be kept for. */
export class SendBudget {
	/** @param seek what the prompt looks for on a model */
	constructor(
		private readonly engine: {
			readonly allocator: Pick<LeaseAllocator, 'couldServe' | 'hasSmallDay'>;
			options(): Pick<Options, 'maxRetries'>;
			enabledKeys(): number;
		},
		private readonly retryState: RetryState,
		private readonly seek: (model: string) => LeaseRequest,
	) {}

	/** Both factors may change while the prompt waits. */
	get maxSends(): number {
		return Math.max(minSends, this.engine.options().maxRetries * this.engine.enabledKeys());
	}

	get sendsLeft(): number {
		return this.maxSends - this.retryState.sends;
	}

	/** After a failure of what `grant` allowed. */
	after(grant: LeaseGrant): Budget {
		const { allocator } = this.engine;
		const others = this.retryState.unaskedModels(
			(model) => model !== grant.model && allocator.couldServe(this.seek(model)),
		);
		return {
			sendsLeft: this.sendsLeft,
			overloadRetries: allocator.hasSmallDay(grant) ? smallDayRetries : Infinity,
			hasOtherKey: allocator.couldServe(this.seek(grant.model), grant.key),
			otherModels: others.length,
		};
	}
}
