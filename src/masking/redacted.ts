/** Stands where a secret was. Not ASCII, as every key is, so that no key can be made of it. */
export const redacted = '‹redacted›';
