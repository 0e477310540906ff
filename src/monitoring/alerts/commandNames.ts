/** The commands of alerts, known without reading what they do. */
export const alertCommandNames = ['keypool.setUpAlerts', 'keypool.sendTestAlert'] as const;

export type AlertCommand = (typeof alertCommandNames)[number];
