import { ClientError, type ClientRecord, type TokenRegistry } from '../gateway/gateway';
import { systemClock } from '../node/systemClock';
import { dayMs, type Plan } from './arguments';
import { UsageError } from './usageError';

/** What the command `token` does to the clients that are known. */
export async function changeTokensIn(
	tokens: TokenRegistry,
	plan: Extract<Plan, { type: 'token' }>,
	say: (text: string) => void,
): Promise<void> {
	const clientOf = (name: string): ClientRecord => {
		const found = tokens.list().find((client) => client.name.toLowerCase() === name.toLowerCase());
		if (!found) throw new ClientError('noSuchClient');
		return found;
	};
	switch (plan.act) {
		case 'list':
			for (const { name, createdAt, expiresAt, owner, rules } of tokens.list()) {
				say(JSON.stringify({ name, createdAt: dateOf(createdAt), expiresAt: dateOf(expiresAt), owner, ...rules }));
			}
			break;
		case 'add': {
			const { name, rules, expiresInDays, owner } = plan;
			const expiresAt = expiresInDays === undefined ? undefined : systemClock.wall() + expiresInDays * dayMs;
			const more = { ...(expiresAt !== undefined && { expiresAt }), ...(owner !== undefined && { owner }) };
			say((await tokens.issue({ name, rules, ...more })).token);
			break;
		}
		case 'rotate': {
			const { id, name, expiresAt = Infinity } = clientOf(plan.name);
			if (expiresAt <= systemClock.wall()) {
				const day = dateOf(expiresAt)?.slice(0, 10) ?? '';
				throw new UsageError(
					`The token of ${name} expired on ${day}: revoke it, and add it with another --expires-in.`,
				);
			}
			say((await tokens.rotate(id)).token);
			break;
		}
		case 'revoke':
			await tokens.revoke(clientOf(plan.name).id);
			say(`The token of ${plan.name} is revoked.`);
	}
}

function dateOf(at: number | undefined): string | undefined {
	return at === undefined ? undefined : new Date(at).toISOString();
}
