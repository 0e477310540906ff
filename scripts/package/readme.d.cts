/** The README without what only somebody with the sources can use. Throws where something is left that leads nowhere. */
export function forMarketplace(markdown: string): string;
