import { assignmentsIn } from '../keys/import/dotenv';
import { environmentNames } from '../keys/import/environmentNames';
import { parseKeys, type RefusedText } from '../keys/import/parseKeys';
import type { Key, KeyId, Project, ProjectId } from '../pool/pool';

type Environment = Readonly<Record<string, string | undefined>>;

const paidName = 'KEYPOOL_PAID_KEYS';

/** The keys that a process was given, and nothing else of its environment. */
export class EnvironmentKeys {
	private readonly values = new Map<KeyId, string>();
	private readonly numbers = new Map<KeyId, string>();
	private readonly paid = new Set<KeyId>();
	private readonly masks = new Map<KeyId, string>();

	private constructor(
		/** Texts that were meant as keys and are none. */
		readonly refused: readonly RefusedText[],
		/** Whether there are more keys than are read. */
		readonly isCut: boolean,
	) {}

	/**
	 * @param file the text of a `.env` file: what it says counts where the environment says nothing, or has an empty variable
	 * @param sha256 in hexadecimal digits. A key has the same id after a restart, so that what is known of it lives on.
	 */
	static read(environment: Environment, file: string, sha256: (text: string) => string): EnvironmentKeys {
		const given: Record<string, string | undefined> = {};
		for (const { name, value } of assignmentsIn(file)) if (name !== undefined) given[name] = value;
		const isSet = (text = ''): boolean => text.trim() !== '';
		const valueOf = (name: string): string => (isSet(environment[name]) ? environment[name] : given[name]) ?? '';
		const free = parseKeys(environmentNames.map(valueOf).join('\n'), true);
		const paid = parseKeys(valueOf(paidName), true);
		const isMeant = valueOf(paidName) !== '' || environmentNames.some((name) => valueOf(name) !== '');
		const refused = isMeant ? [...free.refused, ...paid.refused].filter(isNotEmpty) : [];
		const keys = new EnvironmentKeys(refused, free.cut || paid.cut);
		for (const [found, isPaid] of [
			[paid.recognised, true],
			[free.recognised, false],
		] as const) {
			for (const { secret } of found) keys.add(secret.reveal(), secret.mask, sha256, isPaid);
		}
		return keys;
	}

	secretOf(id: KeyId): string | undefined {
		return this.values.get(id);
	}

	/** As a team knows them: by what it makes fingerprints of. */
	get forTeam(): readonly {
		readonly id: KeyId;
		readonly project: ProjectId;
		readonly number?: string;
		readonly secret: string;
	}[] {
		return [...this.values].map(([id, secret]) => {
			const number = this.numbers.get(id);
			return { id, project: this.projectOf(id), secret, ...(number !== undefined && { number }) };
		});
	}

	get all(): readonly string[] {
		return [...this.values.values()];
	}

	/** Records the project that the service named for a key: keys of one project share a quota. Returns whether that is news. */
	named(id: KeyId, number: string): boolean {
		if (this.numbers.get(id) === number) return false;
		this.numbers.set(id, number);
		return true;
	}

	list(): { readonly keys: readonly Key[]; readonly projects: readonly Project[] } {
		const keys = [...this.values.keys()].map((id, index): Key => {
			const mask = this.masks.get(id) ?? '…';
			return {
				id,
				project: this.projectOf(id),
				// Alone, its place would name another one after a restart with more keys.
				label: `Key ${index + 1} (${mask})`,
				mask,
				sortOrder: String(index).padStart(4, '0'),
				role: 'primary',
				weight: 1,
				enabled: true,
			};
		});
		const ids = [...new Set(keys.map(({ project }) => project))];
		const isPaid = (project: ProjectId): boolean =>
			keys.some((key) => key.project === project && this.paid.has(key.id));
		const projects = ids.map((id): Project => ({ id, tier: isPaid(id) ? 'paid' : 'free' }));
		return { keys, projects };
	}

	/** That of the first key which the service has named with the same number. Of one key alone it stays, with what was counted. */
	private projectOf(id: KeyId): ProjectId {
		const number = this.numbers.get(id);
		for (const [other, its] of this.numbers) if (its === number) return `of-${other}` as ProjectId;
		return `of-${id}` as ProjectId;
	}

	private add(secret: string, mask: string, sha256: (text: string) => string, isPaid: boolean): void {
		const id = `env-${sha256(secret).slice(0, 16)}` as KeyId;
		if (this.values.has(id)) return;
		this.values.set(id, secret);
		this.masks.set(id, mask);
		if (isPaid) this.paid.add(id);
	}
}

const isNotEmpty = ({ reason }: RefusedText): boolean => reason !== 'empty';
