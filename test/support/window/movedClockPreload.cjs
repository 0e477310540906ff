// Preloaded into a VS Code server (NODE_OPTIONS=--require), which hands it on to its extension hosts: there the wall clock
// runs ahead by the ms that the file KEYPOOL_TEST_CLOCK holds, as after a machine's sleep. Timers and the steady clock stay
// as they are. Each host writes down what it has seen, in a file of its own.
const childProcess = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const { setInterval } = require('node:timers');

const hostArgument = '--type=extensionHost';
const file = process.env.KEYPOOL_TEST_CLOCK;

if (process.argv.includes(hostArgument)) {
	moveClock();
} else {
	preloadHosts();
}

/** The server keeps NODE_OPTIONS from its hosts. */
function preloadHosts() {
	const { fork } = childProcess;
	childProcess.fork = (program, args = [], options = {}) => {
		const execArgv = args.includes(hostArgument) ? ['--require', module.filename] : [];
		return fork(program, args, { ...options, execArgv: [...execArgv, ...(options.execArgv ?? [])] });
	};
	syncBuiltinESMExports();
}

function moveClock() {
	const RealDate = Date;
	let ahead = 0;
	const look = () => {
		const said = Number(readFileSync(file, 'utf8'));
		if (said !== ahead) {
			ahead = said;
			writeFileSync(`${file}.seen-${process.pid}`, String(ahead));
		}
	};
	look();
	setInterval(look, 20).unref();
	const now = () => RealDate.now() + ahead;
	globalThis.Date = new Proxy(RealDate, {
		construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
		apply: () => new RealDate(now()).toString(),
		get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
	});
}
