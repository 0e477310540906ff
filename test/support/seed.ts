import fc from 'fast-check';

const { KEYPOOL_SEED, KEYPOOL_PATH } = process.env;

/** Of all properties: another one at each run unless `KEYPOOL_SEED` names it, as what fails does. */
export const seed = Number(KEYPOOL_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Which cases a property plays: with `KEYPOOL_PATH` the very one that failed. */
export const replayed = { seed, ...(KEYPOOL_PATH !== undefined && { path: KEYPOOL_PATH }) };

fc.configureGlobal({ seed });
