import { createHash, createHmac } from 'node:crypto';
import type * as Valkey from 'iovalkey';

/** The client of Valkey and Redis, read when a team is used. */
export const loadValkey = (): Promise<typeof Valkey> => import('iovalkey');

/** HMAC-SHA256 of texts under a secret, as base64url. */
export const hmacSha256 =
	(secret: string) =>
	(text: string): string =>
		createHmac('sha256', secret).update(text).digest('base64url');

/** As the server names a script. */
export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
