import type { Limits } from '../../pool/pool';
import type { Keys } from './keyRepository';

/** Limits as the settings have them: by the name of a project, then by model. */
export type NamedLimits = Readonly<Record<string, Readonly<Record<string, Limits>>>>;

/**
 * Hands the projects the limits that the settings name for them. Projects have minted ids that nobody could write down: one
 * is meant by its name, or, where it has none, by that of a key in it, as the view shows it.
 */
export function withPresetLimits({ keys, projects }: Keys, named: NamedLimits): Keys {
	if (Object.keys(named).length === 0) return { keys, projects };
	return {
		keys,
		projects: projects.map((project) => {
			const ofKeys = keys.filter((key) => key.project === project.id).map(({ label }) => label);
			const names = project.label === undefined ? ofKeys : [project.label];
			const name = names.find((one) => Object.hasOwn(named, one));
			const presetLimits = name === undefined ? undefined : named[name];
			return presetLimits === undefined ? project : { ...project, presetLimits };
		}),
	};
}
