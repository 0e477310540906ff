/** The commands of this room, known without reading what they do. */
export const gatewayCommandNames = [
	'keypool.startGateway',
	'keypool.stopGateway',
	'keypool.connectTool',
	'keypool.openGatewayTerminal',
	'keypool.setToolRules',
	'keypool.revokeTool',
] as const;

export type GatewayCommand = (typeof gatewayCommandNames)[number];

export const gatewayView = 'keypool.gateway';
