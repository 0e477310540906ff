// The README as a reader of the Marketplace gets it, who has the extension and nothing else of this project.

/** What only somebody with the sources can use: whole sections, or the end of a paragraph. */
const ofRepository = /<!-- repository -->.*?<!-- \/repository -->/gs;

/** A picture that stands by itself. None is packed, and without a repository none can be reached from the Marketplace. */
const picture = /^!\[[^\]]*\]\((?!https:)[^)]*\)\n/gm;

/** Without what is of the repository, and without pictures. Throws where something is left that leads nowhere. */
function forMarketplace(markdown) {
	const text = markdown
		.replace(ofRepository, '')
		.replace(picture, '')
		.replace(/\n{3,}/g, '\n\n');
	const left = [
		...text.matchAll(/\]\((?!https:)[^)]*\)|<!--.*?-->|`[^`]*\bnpm [^`]*`/g),
		...text.matchAll(/^(#+) .*\n+(?:(?=#{1,6} )(?!\1#)|(?![^]))/gm),
	].map(([what]) => what.trim());
	if (left.length > 0) {
		throw new Error(
			`README.md says what is of no use outside the repository, and does not mark it: ${left.join(', ')}`,
		);
	}
	return text;
}

module.exports = { forMarketplace };
