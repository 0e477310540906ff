export interface Page {
	readonly title: string;
	/** BCP 47. */
	readonly locale: string;
	/** `webview.cspSource`: the only origin of styles and fonts. */
	readonly cspSource: string;
	/** Fresh for each document, and unguessable. */
	readonly nonce: string;
	readonly script: string;
	readonly styles: readonly string[];
}

/**
 * The document of a webview. Its policy allows the one script with the nonce, the modules that it imports, and our own styles
 * and font, and nothing else: no inline style, no image, no connection, no form, no frame.
 */
export function pageHtml(page: Page): string {
	const policy = [
		`default-src 'none'`,
		`script-src 'nonce-${page.nonce}'`,
		`style-src ${page.cspSource}`,
		`font-src ${page.cspSource}`,
		`base-uri 'none'`,
		`form-action 'none'`,
	].join('; ');
	const styles = page.styles.map((href) => `<link rel="stylesheet" href="${escaped(href)}">`).join('\n');
	return `<!DOCTYPE html>
<html lang="${escaped(page.locale)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(page.title)}</title>
${styles}
</head>
<body>
<script type="module" nonce="${escaped(page.nonce)}" src="${escaped(page.script)}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
