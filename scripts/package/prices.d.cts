/** Of the package whose data ships with us, from the root of the project. */
export const packageFolder: string;
/** The text of src/prices/googlePrices.ts, by the installed package. `date`: the day of its data. */
export function pricesModule(date: string): Promise<string>;
/** Rejects where the module is not what the installed package holds. */
export function checkPrices(): Promise<void>;
