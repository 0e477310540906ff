import type { Plugin } from 'esbuild';

export const partsOfMail: Plugin;
export const partsOfSdk: Plugin;
