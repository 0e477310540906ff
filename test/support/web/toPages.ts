import type { Service } from '../../../src/simulator/service';

/** What the real service allows to pages; a preflight that asks for another header is answered with 403. */
const allowed = ['authorization', 'content-type', 'x-goog-api-client', 'x-goog-api-key'];

/** What a preflight asked, oldest first. */
export interface Preflights {
	readonly asked: string[][];
}

/**
 * The service as a page meets it: it answers preflights, and lets pages read its answers.
 * @param isHidden an answer that lacks the header which lets a page read it
 */
export function toPages(
	service: Service,
	preflights: Preflights,
	isHidden: (response: Response) => boolean = () => false,
): Service {
	return {
		log: service.log,
		counts: service.counts,
		setQuota: (...args) => service.setQuota(...args),
		spend: (...args) => service.spend(...args),
		setFaults: (...args) => service.setFaults(...args),
		hold: (...args) => service.hold(...args),
		fetch: async (input, init) => {
			const request = new Headers(init?.headers);
			const origin = request.get('origin') ?? '';
			if (init?.method === 'OPTIONS') {
				const asked = (request.get('access-control-request-headers') ?? '').split(',').filter((name) => name !== '');
				preflights.asked.push(asked);
				if (asked.some((name) => !allowed.includes(name.trim()))) return new Response(null, { status: 403 });
				const headers = {
					'access-control-allow-origin': origin,
					'access-control-allow-methods': 'GET,POST',
					'access-control-allow-headers': asked.join(','),
				};
				return new Response(null, { status: 200, headers });
			}
			const response = await service.fetch(input, init);
			if (isHidden(response)) return response;
			const headers = new Headers(response.headers);
			headers.set('access-control-allow-origin', origin);
			const { status, statusText } = response;
			return new Response(response.body, { status, statusText, headers });
		},
	};
}
