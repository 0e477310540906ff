import type { Disposable } from '../common/dispose';
import type { Gateway } from './gateway';

/** Writes who was refused, and how each answer ended, without query, header or body. */
export function logGateway(
	gateway: Pick<Gateway, 'onEvent'>,
	log: { info(line: string): void; warn(line: string): void },
): Disposable {
	return gateway.onEvent((event) => {
		if (event.type === 'refused') {
			log.warn(`[gateway:${event.client ?? '?'}] refused: ${event.status} ${event.reason}, ${event.path}`);
		} else if (event.type === 'ended') {
			// An error that was sent before any answer broke nothing off.
			const end = event.isWhole || event.status !== 200 ? 'ended' : 'broken off';
			log.info(
				`[${event.request} gateway:${event.client}] ${end}: ${event.status}, ${event.model}, ${Math.round(event.ms)} ms`,
			);
		}
	});
}
