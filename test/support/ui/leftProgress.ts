import type { EditorStandIn } from './editor';

/** A person who leaves whatever the editor shows as being waited for. @returns the titles of what was shown, as they come */
export function leaveEachProgress({ api }: EditorStandIn): readonly unknown[] {
	const titles: unknown[] = [];
	Object.assign(api.window, {
		withProgress: ({ title }: { title: string }, work: (progress: object, token: object) => Promise<unknown>) => {
			titles.push(title);
			const nothing = { dispose: () => undefined };
			return work({}, { onCancellationRequested: (leave: () => void) => (setImmediate(leave), nothing) });
		},
	});
	return titles;
}
