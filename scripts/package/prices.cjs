// Google's prices, out of the data set of @pydantic/genai-prices: its own package is 480 KB, and knows every provider.
// `node scripts/package/prices.cjs <date>` writes src/prices/googlePrices.ts anew after another version was installed.
const fs = require('node:fs/promises');
const path = require('node:path');

const root = path.join(__dirname, '../..');
const file = path.join(root, 'src/prices/googlePrices.ts');
const packageName = '@pydantic/genai-prices';
/** The folder of the package whose data is in the bundle: its licence ships with it. */
const packageFolder = `node_modules/${packageName}`;

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** One rule of the data set as the source of a regular expression. */
function patternOf(rule) {
	const [[kind, value]] = Object.entries(rule);
	switch (kind) {
		case 'equals':
			return `^${escaped(value)}$`;
		case 'starts_with':
			return `^${escaped(value)}`;
		case 'ends_with':
			return `${escaped(value)}$`;
		case 'contains':
			return escaped(value);
		case 'regex':
			return value;
		case 'or':
			return value.map(patternOf).join('|');
		case 'and': {
			const parts = value.map((one) => (one.or ? `(?:${patternOf(one)})` : patternOf(one)));
			return `^${parts.map((part) => (part.startsWith('^') ? `(?=${part.slice(1)})` : `(?=.*${part})`)).join('')}`;
		}
		default:
			throw new Error(`${packageName} has a rule that is not known here: ${kind}`);
	}
}

/** `base` below the first `start`, and each price above its own. */
function rateOf(price) {
	return typeof price === 'number'
		? price
		: [price.base, ...price.tiers.map(({ start, price: above }) => [start, above])];
}

const dearest = (prices, names) => {
	const found = names.flatMap((name) => (typeof prices[name] === 'number' ? [prices[name]] : []));
	return found.length > 0 ? Math.max(...found) : undefined;
};

function ratesOf({ constraint, prices }) {
	if (constraint !== undefined && constraint.type !== 'start_date') {
		throw new Error(`${packageName} has a condition that is not known here: ${constraint.type}`);
	}
	const media = dearest(prices, ['output_image_mtok', 'output_audio_mtok', 'output_video_mtok']);
	return {
		...(constraint && { from: constraint.start_date }),
		input: rateOf(prices.input_mtok ?? 0),
		...(prices.cache_read_mtok !== undefined && { cached: rateOf(prices.cache_read_mtok) }),
		output: rateOf(prices.output_mtok ?? 0),
		...(prices.input_audio_mtok !== undefined && { inputAudio: prices.input_audio_mtok }),
		...(prices.cache_audio_read_mtok !== undefined && { cachedAudio: prices.cache_audio_read_mtok }),
		...(media !== undefined && { outputMedia: media }),
	};
}

/** The text of the module. */
async function pricesModule(date) {
	const { findProvider } = require(packageName);
	const { version } = JSON.parse(await fs.readFile(path.join(root, packageFolder, 'package.json'), 'utf8'));
	const models = findProvider({ providerId: 'google' })
		.models.filter(({ id }) => /^(gemini|gemma)/.test(id))
		.map(({ id, match, prices }) => ({
			id,
			match: patternOf(match),
			rates: (Array.isArray(prices) ? prices : [{ prices }]).map(ratesOf),
		}));
	const rows = models.map((model) => `\t\t${JSON.stringify(model)},`).join('\n');
	return `// Made by scripts/package/prices.cjs of ${packageName} ${version} (MIT, Copyright Pydantic Services Inc.): not to be edited.
import type { PriceTable } from './priceTable';

/** Google's list prices in dollars for a million tokens, which are millionths of a dollar for each. */
export const googlePrices: PriceTable = {
	date: '${date}',
	models: [
${rows}
	],
};
`;
}

/** The day that the module has, and its text. */
async function current() {
	const text = await fs.readFile(file, 'utf8');
	return { date: /date: '(\d{4}-\d\d-\d\d)'/.exec(text)?.[1], text };
}

/** Fails where the module is not what the installed package holds: a build ships no other prices than it names. */
async function checkPrices() {
	const { date, text } = await current();
	if ((await pricesModule(date)) !== text) {
		throw new Error(
			`src/prices/googlePrices.ts is not what ${packageName} holds: run node scripts/package/prices.cjs <its day>.`,
		);
	}
}

module.exports = { checkPrices, packageFolder, pricesModule };

if (require.main === module) {
	const [date] = process.argv.slice(2);
	if (!/^\d{4}-\d\d-\d\d$/.test(date ?? '')) {
		console.error('Say the day on which the package was published, for instance 2026-09-23.');
		process.exitCode = 1;
	} else void pricesModule(date).then((text) => fs.writeFile(file, text));
}
