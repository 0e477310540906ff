import { createHash, createHmac } from 'node:crypto';
import type * as Valkey from 'iovalkey';

/** The client of Valkey and Redis, read when a team is used. A bundle gives all of it as the default export alone. */
export async function loadValkey(): Promise<Pick<typeof Valkey, 'Redis' | 'Cluster'>> {
	const found: Partial<typeof Valkey> = await import('iovalkey');
	const { Redis, Cluster } = found.Redis ? found : ((found.default ?? {}) as Partial<typeof Valkey>);
	if (!Redis || !Cluster) throw new Error('The client of Valkey could not be read.');
	return { Redis, Cluster };
}

/** HMAC-SHA256 of texts under a secret, as base64url. */
export const hmacSha256 =
	(secret: string) =>
	(text: string): string =>
		createHmac('sha256', secret).update(text).digest('base64url');

/** As the server names a script. */
export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
