/** Keys that look real, made at run time so that no file holds one; different ones for different numbers. */
export const modern = (n: number): string => 'AQ.' + `Ab${n}x`.padEnd(46, 'q') + String(n).padStart(4, '0');
export const legacy = (n: number): string => 'AIza' + `Sy${n}x`.padEnd(31, 'k') + String(n).padStart(4, '0');
