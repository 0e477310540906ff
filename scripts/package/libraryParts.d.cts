import type { Plugin } from 'esbuild';

/** Of what webviews read. */
export const partsOfPages: Plugin[];
export const partsOfMail: Plugin;
export const partsOfSdk: Plugin;
export const partsOfValkey: Plugin;
