/** One row in a process of its own: `child.js <row> [--quick]`. Its figures go to the parent as a message. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Row } from './row';

const [name = '', ...switches] = process.argv.slice(2);
const file = path.join(import.meta.dirname, 'rows', `${name}.js`);
const { row } = (await import(pathToFileURL(file).href)) as { readonly row: Row };
const figures = await row.run({ quick: switches.includes('--quick') });
process.send?.({ what: row.what, figures }, () => process.disconnect());
