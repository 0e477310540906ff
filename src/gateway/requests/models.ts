import { fieldsOf, listOf } from '../../common/json';
import type { Route } from '../doors/route';

export type ModelsRoute = Extract<Route, { type: 'models' }>;

/** A list of models without those that the client may not use; unchanged if it may use all. */
export function listFor(text: string, json: unknown, allowed: readonly string[] | undefined): string {
	if (allowed === undefined) return text;
	const body = fieldsOf(json);
	const isAllowed = (one: unknown): boolean => {
		const { name, id = name } = fieldsOf(one);
		return typeof id === 'string' && allowed.includes(id.replace(/^models\//, ''));
	};
	const { models, data } = body;
	if (Array.isArray(models)) return JSON.stringify({ ...body, models: listOf(models).filter(isAllowed) });
	return Array.isArray(data) ? JSON.stringify({ ...body, data: listOf(data).filter(isAllowed) }) : text;
}
