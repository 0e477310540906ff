// Imported before all else: an older Node lacks what the next imports need, and would only say so in its own words.
const needed = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
	console.error(
		`Node.js ${needed.join('.')} or newer is needed; this is ${process.versions.node}. See https://nodejs.org.`,
	);
	process.exit(1);
}
