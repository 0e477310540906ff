import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { Linter } from 'eslint';
import { minify } from 'terser';
import * as wholeSdk from '@google/genai/web';
import * as wholeKatex from 'katex';
import { checkParts, partsOfPages, partsOfSdk } from '../../../../scripts/package/libraryParts.cjs';
import { parametersOf } from '../../../../src/gemini/request/parameters';
import type { Prompt } from '../../../../src/gemini/request/prompt';

describe('what is left of a library', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'keypool-parts-'));
	after(() => rmSync(folder, { recursive: true, force: true }));

	/** The module that the code is, with what the plugins leave of its library. */
	async function left<T>(name: string, contents: string, ...plugins: Plugin[]): Promise<T> {
		const outfile = path.join(folder, `${name}.cjs`);
		const resolveDir = path.resolve(__dirname, '../../../..');
		await build({
			...{ stdin: { contents, resolveDir }, outfile, plugins },
			...{ bundle: true, minifySyntax: true, format: 'cjs', platform: 'browser', target: 'node20', logLevel: 'error' },
		});
		return (await import(outfile)) as T;
	}

	const textOf = (name: string): string => readFileSync(path.join(folder, `${name}.cjs`), 'utf8');

	it('asks Google for the same as all of its SDK, whatever a prompt holds', async () => {
		const sdk = await left<Pick<typeof wholeSdk, 'GoogleGenAI'>>(
			'sdk',
			"export * from '@google/genai/web';",
			partsOfSdk,
		);
		const [whole, rest] = [await sentBy(wholeSdk), await sentBy(sdk)];
		assert.equal(whole.length, 4 * prompts.length + 9);
		assert.deepEqual(rest, whole);
	});

	it('calls and names nothing of the SDK that was left out, also where no prompt of these comes', async () => {
		await left('lean', "export { GoogleGenAI } from '@google/genai/web';", partsOfSdk);
		// As it is packed, without what never runs; but with its names, and in lines.
		const options = { compress: { passes: 2 }, mangle: false, format: { beautify: true }, toplevel: true } as const;
		const { code = '' } = await minify(textOf('lean'), options);
		assert.deepEqual(undefinedIn(code), []);
		const calls = [...code.matchAll(/\b(?:this|apiClient|auth)\.(\w+)\(/g)].map(([, name = '']) => name);
		assert.ok(calls.includes('generateContentStreamInternal') && calls.includes('addAuthHeaders'));
		const isThere = (name: string): boolean => new RegExp(`^\\s*(?:async )?${name}\\(|\\.${name} = `, 'm').test(code);
		assert.equal(calls.filter((name) => !isThere(name)).join(), '');
	});

	it('writes the same formulas as all of KaTeX', async () => {
		const katex = await left<Pick<typeof wholeKatex, 'renderToString'>>(
			'katex',
			"export { renderToString } from 'katex';",
			...partsOfPages,
		);
		for (const tex of formulas) {
			for (const displayMode of [true, false]) {
				const options = { displayMode, output: 'mathml', trust: false, strict: 'ignore', throwOnError: true } as const;
				const [whole, rest] = [wholeKatex, katex].map(({ renderToString }) =>
					outcome(() => renderToString(tex, options)),
				);
				assert.equal(rest, whole, tex);
			}
		}
		assert.deepEqual(undefinedIn(textOf('katex')), []);
		assert.match(katex.renderToString('\\frac{a}{b}', { output: 'mathml' }), /<mfrac>/);
	});

	it('is missed where a new version has its file elsewhere', () => {
		const inputs = ['node_modules/@google/genai/dist/index.mjs'];
		assert.throws(() => checkParts(inputs), /finds no nodemailer\/.*, @google\/genai\/dist\/web\/index\.mjs, katex\//);
	});
});

/** What is wrong with the names in a text: each that nothing defines. */
function undefinedIn(text: string): readonly string[] {
	const known = [
		...Object.getOwnPropertyNames(globalThis),
		'window',
		'document',
		'AsyncIterator',
		'require',
		'module',
		'exports',
	];
	const globals = Object.fromEntries(known.map((name) => [name, 'readonly' as const]));
	const config = { languageOptions: { globals, sourceType: 'commonjs' }, rules: { 'no-undef': 'error' } } as const;
	return new Linter().verify(text, [config]).map(({ message }) => message);
}

const outcome = (run: () => string): string => {
	try {
		return run();
	} catch (error) {
		return String(error);
	}
};

const turn: Prompt['turns'][number] = {
	role: 'user',
	content: [
		{ type: 'text', text: 'What is this?' },
		{ type: 'image', mimeType: 'image/png', data: 'AAAA' },
	],
};
const place = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const prompts: readonly Prompt[] = [
	{ turns: [turn] },
	{
		turns: [
			turn,
			{
				role: 'model',
				content: [
					{ type: 'text', text: 'I look.' },
					{ type: 'signature', signature: 'c2lnbmVk', signedBy: 'gemini-3.8-flash' },
					{ type: 'call', name: 'weather', args: { city: 'Hue' }, id: 'one' },
				],
			},
			{ role: 'user', content: [{ type: 'result', name: 'weather', response: { output: 'rain' }, id: 'one' }] },
		],
		options: {
			...{ system: 'Be brief.', temperature: 0.5, topP: 0.9, topK: 40, seed: 7, maxOutputTokens: 100 },
			...{ stopSequences: ['END'], presencePenalty: 1, frequencyPenalty: -1, thinking: 'high', includeThoughts: true },
			safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
			...{ googleSearch: true, codeExecution: true, urlContext: true, mediaResolution: 'low', serviceTier: 'flex' },
			...{ enableEnhancedCivicAnswers: true, store: false },
			functionDeclarations: [{ name: 'weather', description: 'Of a city.', parametersJsonSchema: place }],
			toolConfig: {
				functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['weather'] },
				includeServerSideToolInvocations: true,
			},
		},
	},
	{ turns: [turn], options: { thinking: 0, responseMimeType: 'application/json', responseSchema: place } },
	{ turns: [turn], options: { responseSchema: { type: 'OBJECT', properties: { city: { type: 'STRING' } } } } },
];

/** What goes over the wire, and what comes of it: prompts for two models, three pages of models, and a refusal. */
async function sentBy({ GoogleGenAI }: Pick<typeof wholeSdk, 'GoogleGenAI'>): Promise<readonly unknown[]> {
	const sent: unknown[] = [];
	let pages = 0;
	const list = (): object => ({
		models: [{ name: 'models/gemini-3.8-flash', inputTokenLimit: 5, supportedGenerationMethods: ['generateContent'] }],
		...(++pages < 3 && { nextPageToken: 'more' }),
	});
	const fetch: typeof globalThis.fetch = (input, init) => {
		const url = input instanceof Request ? input.url : String(input);
		const { method, body, headers } = init ?? {};
		sent.push({ url, method, body, headers: [...new Headers(headers)] });
		if (pages === 3)
			return Promise.resolve(Response.json({ error: { code: 429, message: 'Later.' } }, { status: 429 }));
		const isStream = url.includes('alt=sse');
		return Promise.resolve(new Response(isStream ? 'data: {}\n\n' : JSON.stringify(list())));
	};
	const { models } = new GoogleGenAI({
		...{ apiKey: 'sim-one', vertexai: false, apiVersion: 'v1beta' },
		httpOptions: { baseUrl: 'https://host.example', fetch },
	});
	for (const model of ['gemini-3.8-flash', 'gemini-2.5-pro']) {
		for (const prompt of prompts) {
			const parameters = parametersOf(prompt, model, [], new AbortController().signal);
			const pieces: unknown[] = [];
			for await (const piece of await models.generateContentStream(parameters)) pieces.push(Object.entries(piece));
			sent.push(pieces);
		}
	}
	const pager = await models.list({ config: { pageSize: 10 } });
	sent.push(pager.page);
	while (pager.hasNextPage()) sent.push(await pager.nextPage());
	await assert.rejects(models.list(), (error: Error) => sent.push(String(error), Object.entries(error)) > 0);
	return sent;
}

/** Each kind of a formula that KaTeX draws in a way of its own. */
const formulas = [
	...['\\frac{a}{b}', '\\dfrac12+\\binom{n}{k}', '\\genfrac{(}{]}{2pt}{1}{a}{b}', 'a \\over b', '\\sqrt[3]{x}'],
	...['x_1^2', '\\sum_{i=1}^n i', '\\int\\limits_0^1', '\\lim_{x\\to0} f', '\\operatorname*{arg\\,max}_x'],
	...['\\hat{x}\\vec{v}', '\\widehat{abc}', '\\overline{a}\\underline{b}', '\\overbrace{a+b}^{n}\\underbrace{c}_m'],
	...['\\xrightarrow[a]{bcd}', '\\overrightarrow{AB}', '\\utilde{abc}', '\\cancel{x}\\boxed{y}', '\\fbox{a}'],
	...['\\left(\\frac12\\middle|x\\right]', '\\bigl(\\Bigr]\\biggm|', '\\begin{pmatrix}a&b\\\\c&d\\end{pmatrix}'],
	...[
		'\\begin{cases}1&x>0\\\\0\\end{cases}',
		'\\begin{aligned}a&=b\\\\&=c\\end{aligned}',
		'\\begin{array}{c|r}a&b\\\\\\hline c&d\\end{array}',
	],
	...[
		'\\begin{equation}a\\tag{1}\\end{equation}',
		'\\begin{CD}A@>a>>B\\end{CD}',
		'\\begin{smallmatrix}a\\end{smallmatrix}',
	],
	...[
		'\\text{a \\textbf{b} $c$}',
		'\\mathbb{R}\\mathcal{L}\\mathfrak{g}\\boldsymbol{x}',
		'\\rm a \\bf b',
		'\\color{red}x',
	],
	...[
		'\\textcolor{#00f}{y}\\colorbox{red}{z}',
		'\\displaystyle a \\scriptstyle b',
		'\\large a \\tiny b',
		'\\phantom{x}\\hphantom{y}',
	],
	...[
		'\\smash[b]{x}\\raisebox{1em}{y}',
		'\\rule{1em}{2ex}\\kern3pt\\hspace{1em}',
		'\\rlap{x}\\llap{y}\\mathclap{z}',
		'\\verb|x y|',
	],
	...[
		'\\mathop{a}\\mathbin{b}\\mathrel{c}',
		'\\stackrel{a}{b}\\overset{c}{d}\\underset{e}{f}',
		'\\mathchoice{a}{b}{c}{d}',
	],
	...[
		'a\\bmod b\\pmod n',
		"f'(x)''",
		'\\not=\\ne',
		'\\unicode{x41}',
		'\\href{https://a.example}{x}',
		'\\htmlClass{a}{x}',
	],
	...[
		'\\ce{H2O}',
		'\\nonsense{',
		'\\includegraphics{a.png}',
		'\\vcenter{x}',
		'\\pmb{x}',
		'\\sideset{_a}{^b}\\sum',
		'\\char"41 \\@char{65}',
	],
	...[
		'1,234.5\\%',
		'a<b>c\\&d',
		'\\mathrm{d}x\\;\\quad\\!',
		'\\angl n',
		'\\phase{-78}',
		'\\Bra{a}\\Ket{b}',
		'\\html@mathml{a}{b}',
		'\\liminf',
	],
	...['\\TeX\\LaTeX\\KaTeX', '\\mathbb{1a\\alpha}\\mathcal{aé}\\mathscr{x1}', '\\mathtt{д}\\mathit{\\Gamma 1}'],
	...['\\text{тест \\texttt{ж}}', '\\boldsymbol{\\Gamma\\sum}\\mathbf{é}'],
];
