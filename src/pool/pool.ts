/** The engine's face: everything the rest of the house may know of it. */
export * from './clock';
export * from './key';
export * from './ledger';
export * from './options';
export * from './part';
export * from './request';
export * from './standing';
export * from './verdict';
