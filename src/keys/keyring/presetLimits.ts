import type { NamedLimits } from '../../settings/settings';
import type { Keys } from './keyRepository';

/**
 * Adds the limits of the settings to the projects. A setting cannot name a project by its generated id, so it uses the
 * project's name or, if it has none, the name of a key in it, as shown in the view.
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
