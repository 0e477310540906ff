import type { Translate } from '../../localization/words';
import type { ShellKind } from '../toolPlace';

/** What a tool needs to know to ask the gateway. */
export interface Connection {
	/** Without a path, for instance `http://127.0.0.1:8642`. */
	readonly address: string;
	readonly token: string;
	readonly model: string;
	/** The shell that its commands are for. */
	readonly shell: ShellKind;
}

export type Dialect = 'gemini' | 'openai';

/** A tool that can be connected. */
export interface Tool {
	/** Also the name of its token. */
	readonly id: string;
	/** As its makers write it. */
	readonly label: string;
	readonly icon: string;
	/** The dialect of *Try It*. */
	readonly dialect: Dialect;
	/** The text to copy into the tool. */
	readonly text: (connection: Connection) => string;
	/** Where that goes. */
	readonly steps: (t: Translate) => string;
}

/** PowerShell passes on what follows `--%` unchanged. */
const curl: Readonly<Record<ShellKind, string>> = {
	posix: 'curl',
	fish: 'curl',
	pwsh: 'curl',
	powershell: 'curl.exe --%',
	cmd: 'curl.exe',
};

export const tools: readonly Tool[] = [
	{
		id: 'gemini-cli',
		label: 'gemini-cli',
		icon: 'terminal',
		dialect: 'gemini',
		text: (connection) => environment(geminiVariables(connection), connection),
		steps: (t) => t('Paste this into the terminal in which gemini-cli runs, or put the values into ~/.gemini/.env.'),
	},
	{
		id: 'google-sdk',
		label: 'Google Gen AI SDK',
		icon: 'code',
		dialect: 'gemini',
		text: ({ address, token }) =>
			[
				`const ai = new GoogleGenAI({ apiKey: '${token}', httpOptions: { baseUrl: '${address}' } });`,
				`client = genai.Client(api_key='${token}', http_options={'base_url': '${address}'})`,
			].join('\n'),
		steps: (t) => t('The first line is for JavaScript, the second one for Python.'),
	},
	{
		id: 'openai-sdk',
		label: 'OpenAI SDK',
		icon: 'code',
		dialect: 'openai',
		text: (connection) => environment(openAiVariables(connection), connection),
		steps: (t) => t('Set these variables where your program runs, and ask for a Gemini model.'),
	},
	{
		id: 'ai-sdk',
		label: 'Vercel AI SDK',
		icon: 'code',
		dialect: 'gemini',
		text: ({ address, token, model }) =>
			[
				`const google = createGoogleGenerativeAI({ apiKey: '${token}', baseURL: '${address}/v1beta' });`,
				`const model = google('${model}');`,
			].join('\n'),
		steps: (t) => t('Put this into your program; createGoogleGenerativeAI comes from @ai-sdk/google.'),
	},
	{
		id: 'cline',
		label: 'Cline',
		icon: 'extensions',
		dialect: 'gemini',
		text: ({ address, token, model }) =>
			[
				'API Provider: Google Gemini',
				`Gemini API Key: ${token}`,
				`Use custom base URL: ${address}`,
				`Model: ${model}`,
			].join('\n'),
		steps: (t) => t('Enter these values in Cline’s settings.'),
	},
	{
		id: 'continue',
		label: 'Continue',
		icon: 'extensions',
		// Its Gemini provider no longer reads the address: it would send prompts and token to Google.
		dialect: 'openai',
		text: ({ address, token, model }) =>
			[
				'  - name: Keypool',
				'    provider: openai',
				`    model: ${model}`,
				`    apiKey: ${token}`,
				`    apiBase: ${address}/v1`,
				// Of a model that is not OpenAI's it does not know them by itself.
				'    capabilities: [tool_use, image_input]',
			].join('\n'),
		steps: (t) => t('Put these lines below “models:” in ~/.continue/config.yaml.'),
	},
	{
		id: 'curl',
		label: 'curl',
		icon: 'terminal-bash',
		dialect: 'gemini',
		text: ({ address, token, model, shell }) => {
			const body = '{"contents":[{"parts":[{"text":"Hello"}]}]}';
			const isUnix = shell !== 'powershell' && shell !== 'cmd';
			return [
				`${curl[shell]} ${address}/v1beta/models/${model}:generateContent`,
				`-H "x-goog-api-key: ${token}" -H "content-type: application/json"`,
				`-d ${isUnix ? `'${body}'` : `"${body.replaceAll('"', '\\"')}"`}`,
			].join(' ');
		},
		steps: (t) => t('Paste this into a terminal.'),
	},
];

/** Variables of a tool's environment; undefined: it must not be set, because it would win. */
type Variables = Readonly<Record<string, string | undefined>>;

export function geminiVariables({ address, token }: Pick<Connection, 'address' | 'token'>): Variables {
	return {
		GEMINI_API_KEY: token,
		GOOGLE_GEMINI_BASE_URL: address,
		GOOGLE_API_KEY: undefined,
		GOOGLE_GENAI_USE_VERTEXAI: undefined,
		GOOGLE_GENAI_USE_ENTERPRISE: undefined,
	};
}

export function openAiVariables({ address, token }: Pick<Connection, 'address' | 'token'>): Variables {
	return { OPENAI_API_KEY: token, OPENAI_BASE_URL: `${address}/v1` };
}

/** Keeps tools from using a proxy that the environment names for an address of this computer. */
export function besideProxy(environment: Readonly<Record<string, string | undefined>>): Variables {
	const isProxied = Object.entries(environment).some(
		([name, value = '']) => value !== '' && /^(?:https?|all)_proxy$/i.test(name),
	);
	const direct = environment['NO_PROXY'] ?? environment['no_proxy'] ?? '';
	const hosts = direct.split(',').map((host) => host.trim());
	if (!isProxied || hosts.includes('*') || hosts.includes('127.0.0.1')) return {};
	const all = [...hosts.filter((host) => host !== ''), '127.0.0.1'].join(',');
	return { NO_PROXY: all, no_proxy: all };
}

function environment(variables: Variables, { shell }: Connection): string {
	return Object.entries(variables)
		.map(([name, value]) => {
			switch (shell) {
				case 'posix':
					return value === undefined ? `unset ${name}` : `export ${name}='${value}'`;
				case 'fish':
					if (value !== undefined) return `set -gx ${name} '${value}'`;
					// One that a person has set for all sessions (`set -Ux`) stays, behind an empty one of this session.
					return `set -eg ${name}; set -qU ${name}; and set -gx ${name} ''`;
				case 'pwsh':
				case 'powershell':
					return value === undefined ? `$env:${name} = $null` : `$env:${name} = '${value}'`;
				case 'cmd':
					return value === undefined ? `set ${name}=` : `set "${name}=${value}"`;
			}
		})
		.join('\n');
}
