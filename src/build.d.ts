/** Replaced by esbuild.js: `true` in a development build, `false` in what is packaged. */
declare const __DEV__: boolean;
/** Replaced by esbuild.js, in the browser's bundle alone: the name of the SDK's file in `dist`. */
declare const __SDK_FILE__: string;
