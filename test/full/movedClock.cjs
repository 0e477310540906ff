// Preloaded into the extension host of a test (NODE_OPTIONS=--require): its wall clock runs ahead by the ms that the file
// KEYPOOL_TEST_CLOCK holds, as after a machine's sleep. Timers and the steady clock stay as they are.
const { readFileSync } = require('node:fs');

const file = process.env.KEYPOOL_TEST_CLOCK;
const isExtensionHost = process.argv.some((argument) => argument === '--type=extensionHost');

if (file !== undefined && isExtensionHost) {
	const RealDate = Date;
	let ahead = 0;
	let looked = -Infinity;
	const now = () => {
		// Asked thousands of times a second; a file is read in microseconds, but not for nothing.
		if (performance.now() - looked > 20) {
			looked = performance.now();
			ahead = Number(readFileSync(file, 'utf8')) || 0;
		}
		return RealDate.now() + ahead;
	};
	globalThis.Date = new Proxy(RealDate, {
		construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
		apply: () => new RealDate(now()).toString(),
		get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
	});
}
