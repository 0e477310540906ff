/**
 * Where a file's tests usually are: the path of a test file beside it, by the habits of its language.
 * @param path with slashes
 */
export function testFileFor(path: string): string {
	const slash = path.lastIndexOf('/') + 1;
	const folder = path.slice(0, slash);
	const name = path.slice(slash);
	const dot = name.lastIndexOf('.');
	const stem = dot > 0 ? name.slice(0, dot) : name;
	const extension = dot > 0 ? name.slice(dot) : '';
	switch (extension) {
		case '.py':
			return `${folder}test_${stem}.py`;
		case '.go':
		case '.rb':
		case '.exs':
		case '.dart':
		case '.c':
		case '.cc':
		case '.cpp':
		case '.rs':
			return `${folder}${stem}_test${extension}`;
		case '.ex':
			return `${folder}${stem}_test.exs`;
		case '.java':
		case '.kt':
		case '.scala':
		case '.php':
		case '.swift':
			return `${folder}${stem}Test${extension}`;
		case '.cs':
			return `${folder}${stem}Tests.cs`;
		default:
			return `${folder}${stem}.test${extension}`;
	}
}
