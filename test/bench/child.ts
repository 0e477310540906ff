/** One row in a process of its own: `child.js <row> [--quick]`. Its figures go to the parent as a message. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { drawAll } from './chart';
import type { Row } from './row';

const [name = '', ...switches] = process.argv.slice(2);
const file = path.join(import.meta.dirname, 'rows', `${name}.js`);
const { row } = (await import(pathToFileURL(file).href)) as { readonly row: Row };
const figures = await row.run({ quick: switches.includes('--quick') });
const charts = drawAll(row, figures);
process.send?.({ what: row.what, figures, charts, node: process.versions.node }, () => process.disconnect());
