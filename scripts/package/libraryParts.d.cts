import type { Plugin } from 'esbuild';

/** Of what webviews read. */
export const partsOfPages: Plugin[];
export const partsOfMail: Plugin;
export const partsOfSdk: Plugin;
export const partsOfValkey: Plugin;
/** Throws where one of the files that parts are left out of is not among the files that were bundled. */
export function checkParts(inputs: readonly string[]): void;
