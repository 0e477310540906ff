/** The commands of monitoring, known without reading what they do. */
export const monitoringCommandNames = [
	'keypool.setUpAlerts',
	'keypool.sendTestAlert',
	'keypool.setMetricsToken',
] as const;

export type MonitoringCommand = (typeof monitoringCommandNames)[number];
