import { geminiCliSettings, type GeminiCliSettings } from './geminiCliSettings';
import { serveGateway } from './http/gatewayServer';

/** What the gateway of a window needs of a host with Node. Loaded with `import()`. */
export interface GatewayMachine {
	readonly serve: typeof serveGateway;
	readonly geminiCli: GeminiCliSettings;
	readonly isWindows: boolean;
	readonly environment: Readonly<Record<string, string | undefined>>;
}

export function createGatewayMachine(): GatewayMachine {
	return {
		serve: serveGateway,
		geminiCli: geminiCliSettings(process.env),
		isWindows: process.platform === 'win32',
		environment: process.env,
	};
}
