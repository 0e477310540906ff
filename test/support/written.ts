import manifest from '../../package.json';
import type { SettingsReports, SettingsSource } from '../../src/settings/settings';
import { Settings } from '../../src/settings/settings';

/** Settings as somebody wrote them, who goes on writing. */
export class Written implements SettingsSource {
	/** What other levels say, where a demand is read from all of them. */
	levels: readonly unknown[] = [];
	/** What the user's own level says. */
	readonly ofUser: Record<string, unknown> = {};
	restricted = false;
	private readonly listeners = new Set<() => void>();

	/** @param values by name, without `keypool.`. */
	constructor(readonly values: Record<string, unknown> = {}) {}

	read(name: string): unknown {
		return this.values[name];
	}

	readUser(name: string): unknown {
		return this.ofUser[name];
	}

	readLevels(name: string): readonly unknown[] {
		return [this.values[name], ...this.levels];
	}

	isRestricted(): boolean {
		return this.restricted;
	}

	onDidChange(listener: () => void): { dispose(): void } {
		this.listeners.add(listener);
		return { dispose: () => void this.listeners.delete(listener) };
	}

	write(values: Readonly<Record<string, unknown>>): void {
		Object.assign(this.values, values);
		this.listeners.forEach((listener) => listener());
	}
}

/** Settings over what is written there; a bad one, or a listener that throws, is an error where nobody takes the reports. */
export function settingsOf(source: SettingsSource, reports: Partial<SettingsReports> = {}): Settings {
	return new Settings(source, manifest, {
		invalid: (name) => {
			throw new Error(`${name} is refused`);
		},
		listenerFailed: (error) => {
			throw error;
		},
		...reports,
	});
}
