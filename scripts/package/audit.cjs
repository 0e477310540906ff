// `npm run audit`: the known vulnerabilities of the packages that a user gets. All are bundled development dependencies, so
// `npm audit --omit=dev` looks at none of them, and `npm audit` also at tools that stay here. Ends badly when there is one.
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { nameOf } = require('./packages.cjs');
const { build } = require('../../esbuild.js');

const root = path.resolve(__dirname, '../..');

/**
 * What an audit found in packages that are shipped, in a sentence each.
 *
 * @param report as `npm audit --json` writes it; a package is named once, with the folders of all its copies
 * @param shipped folders of packages, from the root of the project
 */
function vulnerabilities(report, shipped) {
	// What it says where the registry did not answer has no list.
	if (report.vulnerabilities === undefined) throw new Error(report.message ?? 'npm audit gave no list.');
	return Object.values(report.vulnerabilities).flatMap(({ nodes = [], via = [] }) => {
		const folders = nodes.filter((folder) => shipped.includes(folder));
		// A string names the package that the finding comes from: it has an entry of its own, shipped or not.
		const advisories = via.filter((one) => typeof one !== 'string');
		return folders.flatMap((folder) =>
			advisories.map(({ title, severity, url }) => `${nameOf(folder)} (${severity}): ${title} ${url}`),
		);
	});
}

async function main() {
	const { shipped } = await build({ production: true, outdir: 'out/audit' });
	// In a shell: on Windows it is a batch file, which nothing else starts. It ends badly where it found anything, and its
	// report stands on stdout all the same.
	const options = { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28, shell: true };
	const { stdout, error } = spawnSync('npm audit --json', options);
	if (error) throw error;
	const found = vulnerabilities(JSON.parse(stdout), shipped);
	found.forEach((one) => console.log(one));
	console.log(`${shipped.length} packages ship, ${found.length} known vulnerabilities`);
	return found.length === 0 ? 0 : 1;
}

module.exports = { vulnerabilities };

if (require.main === module) {
	main().then(
		(code) => {
			process.exitCode = code;
		},
		(error) => {
			console.error(`Nothing is known of what ships: ${error.message}`);
			process.exitCode = 2;
		},
	);
}
