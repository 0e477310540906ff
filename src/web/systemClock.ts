/** It needs nothing of Node: a browser has the same one. */
export { systemClock } from '../node/systemClock';
