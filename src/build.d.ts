/** Replaced by esbuild.js: `true` in a development build, `false` in what is packaged. */
declare const __DEV__: boolean;
