// Mocha 12 names its CommonJS modules `.cjs`; Stryker's runner asks for them without an ending, which Node fills in for
// the endings it has a loader for.
require.extensions['.cjs'] ??= require.extensions['.js'];
