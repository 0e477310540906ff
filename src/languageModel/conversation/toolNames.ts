/** The service's rule for names of functions; longer ones than 64 are refused by older models. */
const accepted = /^[A-Za-z_][\w.:-]{0,63}$/;

/** Names of tools as the service takes them: those that it takes stay. */
export class ToolNames {
	private readonly toService = new Map<string, string>();
	private readonly toEditor = new Map<string, string>();

	constructor(names: Iterable<string>) {
		const all = [...new Set(names)];
		// A name that stays is never given to another one.
		for (const name of all) if (accepted.test(name)) this.tie(name, name);
		for (const name of all) if (!accepted.test(name)) this.tie(name, this.free(name));
	}

	forService(name: string): string {
		return this.toService.get(name) ?? cleaned(name);
	}

	/** A function that nobody declared keeps the name that the model gave it. */
	forEditor(name: string): string {
		return this.toEditor.get(name) ?? name;
	}

	private tie(editor: string, service: string): void {
		this.toService.set(editor, service);
		this.toEditor.set(service, editor);
	}

	private free(name: string): string {
		const base = cleaned(name);
		for (let n = 2, made = base; ; n++) {
			if (!this.toEditor.has(made)) return made;
			made = `${base.slice(0, 60)}_${n}`;
		}
	}
}

function cleaned(name: string): string {
	const text = name.replace(/[^\w.:-]/g, '_').slice(0, 64);
	return accepted.test(text) ? text : `_${text}`.slice(0, 64);
}
