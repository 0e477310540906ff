import type * as Sdk from '@google/genai/web';

/** Loads the SDK (415 KB). In the browser's bundle, `src/web/readSdk.ts` takes this module's place. */
export type ReadSdk = () => Promise<Pick<typeof Sdk, 'GoogleGenAI'>>;

export const readSdk: ReadSdk = () => import('@google/genai/web');
