import { isFindKey } from './find/findKey';

/** What happens anywhere on the page, whatever is drawn there. */
export interface PageEvents {
	readonly link: (href: string) => void;
	/** A file as an answer names it. */
	readonly file: (named: string) => void;
	readonly files: (dropped: readonly File[]) => void;
	/** Escape, where nothing else took it. */
	readonly escape: () => unknown;
	readonly find: () => void;
}

export function listen(root: HTMLElement, events: PageEvents): void {
	// VS Code would open a link by itself as well: the host alone does, and only what it allows.
	for (const kind of ['click', 'auxclick'] as const) {
		root.addEventListener(kind, (event) => clicked(event, events), {
			capture: true,
		});
	}
	for (const kind of ['dragover', 'drop'] as const) {
		root.addEventListener(kind, (event) => dropped(event, events));
	}
	// Also where nothing has the focus: a link that had it is drawn anew as its text grows.
	root.ownerDocument.addEventListener('keydown', (event) => pressed(event, events));
}

function clicked(event: MouseEvent, { link, file }: PageEvents): void {
	const found = event.target instanceof Element ? event.target.closest('a') : null;
	if (!found) return;
	event.preventDefault();
	event.stopPropagation();
	if (event.type === 'click') follow(found, { link, file });
}

function follow(found: HTMLAnchorElement, { link, file }: Pick<PageEvents, 'link' | 'file'>): void {
	const named = found.dataset['file'];
	if (found.href !== '') link(found.href);
	else if (named !== undefined) file(named);
}

/** A picture can be dropped anywhere; VS Code would open it instead. A text goes into the box by itself. */
function dropped(event: DragEvent, { files }: PageEvents): void {
	const { dataTransfer } = event;
	if (!dataTransfer?.types.includes('Files')) return;
	event.preventDefault();
	if (dataTransfer.files.length > 0) files([...dataTransfer.files]);
}

function pressed(event: KeyboardEvent, events: PageEvents): void {
	if (event.defaultPrevented || event.isComposing) return;
	const { target } = event;
	if (isFindKey(event, navigator.userAgent)) {
		// VS Code hears the keys of a webview, too, and would search in the editor.
		event.preventDefault();
		event.stopPropagation();
		events.find();
	} else if (event.key === 'Escape') {
		events.escape();
	} else if (event.key === 'Enter' && target instanceof HTMLAnchorElement && target.dataset['file'] !== undefined) {
		event.preventDefault();
		follow(target, events);
	}
}
