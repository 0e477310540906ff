// Comes first in the extension host, and times there what the extensions under test cost: reading their code, and
// `activate`. Writes a line of JSON for each, and one for each file of ours that was read, to a file.
const { appendFileSync, statSync } = require('node:fs');
const Module = require('node:module');

/** Paths of their main files, and where to write. */
const { mains, report } = JSON.parse(process.env.KEYPOOL_ACTIVATION);
const write = (line) => appendFileSync(report, `${JSON.stringify({ host: process.pid, ...line })}\n`);

/** Files that were read while something was timed: looking at them would be timed, too. */
let unwritten;
const writeFile = (file) => write({ file, bytes: statSync(file).size });

/** ms by the clock, and ms of this thread on a processor. */
const now = () => {
	const { user, system } = process.threadCpuUsage();
	return { wall: performance.now(), thread: (user + system) / 1_000 };
};
const since = (began) => {
	const { wall, thread } = now();
	return { wall: wall - began.wall, thread: thread - began.thread };
};

exports.activate = () => {
	const load = Module._load;
	Module._load = function (request, ...rest) {
		const name = Object.keys(mains).find((key) => mains[key] === request);
		if (name === undefined) return load.call(this, request, ...rest);
		unwritten ??= [];
		const began = now();
		const room = load.call(this, request, ...rest);
		const reading = since(began);
		return {
			...room,
			activate: (context) => {
				const called = now();
				const result = room.activate(context);
				const activating = since(called);
				unwritten?.forEach(writeFile);
				unwritten = undefined;
				write({ name, reading, activating });
				return result;
			},
		};
	};
	const compile = Module._extensions['.js'];
	const ours = mains.ours.slice(0, mains.ours.lastIndexOf('/'));
	Module._extensions['.js'] = (module, file) => {
		if (file.startsWith(ours)) {
			if (unwritten) unwritten.push(file);
			else writeFile(file);
		}
		compile(module, file);
	};
};
