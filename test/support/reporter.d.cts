import type Mocha from 'mocha';

declare const Reporter: typeof Mocha.reporters.Spec;
export = Reporter;
