// The bill of materials of what is shipped: CycloneDX, made of what the bundles hold, not of what is installed.
const fs = require('node:fs/promises');
const path = require('node:path');
const { folderOf } = require('./packages.cjs');

/**
 * A CycloneDX document. It names no time and no random number: of the same bundles it is the same, byte for byte.
 *
 * @param root of the project
 * @param shipped folders of the packages that are in the bundles, from the root
 * @param inputs the bundles' files, each with the paths of the files that it imports, as esbuild's metafile has them
 */
async function sbomOf(root, shipped, inputs) {
	const { packages } = JSON.parse(await fs.readFile(path.join(root, 'package-lock.json'), 'utf8'));
	const own = await manifestOf(root);
	const components = await Promise.all(
		shipped.map(async (folder) => componentOf(folder, await manifestOf(path.join(root, folder)), packages[folder])),
	);
	const refOf = (folder) => components.find((one) => one['bom-ref'] === folder)?.['bom-ref'] ?? own.name;
	const needs = new Map([own.name, ...shipped].map((ref) => [ref, new Set()]));
	for (const [file, { imports }] of Object.entries(inputs)) {
		const from = refOf(folderOf(file));
		const to = imports.filter(({ external }) => !external).map((one) => refOf(folderOf(one.path)));
		to.filter((ref) => ref !== from && ref !== own.name).forEach((ref) => needs.get(from)?.add(ref));
	}
	const document = {
		$schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
		bomFormat: 'CycloneDX',
		specVersion: '1.6',
		version: 1,
		metadata: {
			component: { type: 'application', 'bom-ref': own.name, ...aboutOf(own) },
		},
		components,
		dependencies: [...needs].map(([ref, on]) => ({ ref, dependsOn: [...on].sort() })),
	};
	return `${JSON.stringify(document, undefined, '\t')}\n`;
}

/** The folder is its name in the document: two versions of one package can be in the bundles. */
function componentOf(folder, manifest, locked) {
	const [, digest] = /^sha512-(.+)$/.exec(locked?.integrity ?? '') ?? [];
	if (digest === undefined) throw new Error(`${folder} is shipped, and package-lock.json does not say what it is.`);
	return {
		type: 'library',
		'bom-ref': folder,
		...aboutOf(manifest),
		purl: `pkg:npm/${manifest.name.replace('@', '%40')}@${manifest.version}`,
		// Of the archive that the registry hands out.
		hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
	};
}

function aboutOf({ name, version, license }) {
	const [, group, short] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [undefined, undefined, name];
	return {
		...(group !== undefined && { group }),
		name: short,
		version,
		licenses: [
			/[ (]/.test(license) ? { expression: license.replace(/^\((.*)\)$/, '$1') } : { license: { id: license } },
		],
	};
}

async function manifestOf(folder) {
	return JSON.parse(await fs.readFile(path.join(folder, 'package.json'), 'utf8'));
}

module.exports = { sbomOf };
