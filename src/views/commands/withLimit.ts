import type { Dimension, Limits, Project } from '../../pool/pool';

/** One limit set or taken away; undefined where none is left. */
export function withLimit(
	limits: Project['limits'],
	model: string,
	dimension: Dimension,
	value: number | undefined,
): Project['limits'] {
	const { [model]: own = {}, ...others } = limits ?? {};
	const { [dimension]: before, ...rest } = own;
	const next: Limits = value === undefined ? rest : { ...rest, [dimension]: value };
	const all = Object.keys(next).length > 0 ? { ...others, [model]: next } : others;
	return Object.keys(all).length > 0 ? all : undefined;
}
