/** Replaces a secret. Its brackets are not ASCII, as all keys are, so no key can be made with it. */
export const redacted = '‹redacted›';
