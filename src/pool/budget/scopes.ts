import type { ProjectId } from '../types/key';
import type { SpendingScope } from '../types/spending';

export function projectScope(project: ProjectId | string): SpendingScope {
	return `project/${project}`;
}

export function clientScope(client: string): SpendingScope {
	return `client/${client}`;
}

/** The name of a client whose scope it is. */
export function clientOf(scope: string): string | undefined {
	return scope.startsWith('client/') ? scope.slice('client/'.length) : undefined;
}

/** The id of a project whose scope it is. */
export function projectOf(scope: string): string | undefined {
	return scope.startsWith('project/') ? scope.slice('project/'.length) : undefined;
}

/** Whether a client is a program that nobody looks at: `gateway:` or `lm:` and its name. Our own surfaces have no colon. */
export function isProgram(client: string): boolean {
	return client.includes(':');
}
