/**
 * Models that answer with sound or pictures, count vectors, serve one special purpose, or "only support Interactions API": no
 * chat can use them.
 */
const special =
	/(?:^|-)(?:tts|image|imagen|nano-banana|embedding|live|audio|aqa|transcribe|robotics|computer-use|veo|lyria|antigravity|deep-research|omni)(?:-|$)/;

/** By its name: the service lists them all as models that answer. */
export function isForChat(model: string): boolean {
	return !special.test(model);
}
