/**
 * Makes texts safe before they reach a sink (log, view, notification, file): every known key is redacted literally,
 * and so is anything that looks like one. Service texts really contain whole keys (gemini FACTS 3).
 */
export type Masker = (text: string) => string;
