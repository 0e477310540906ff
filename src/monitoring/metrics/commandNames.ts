/** The commands of metrics, known without reading what they do. */
export const metricsCommandNames = ['keypool.setMetricsToken'] as const;

export type MetricsCommand = (typeof metricsCommandNames)[number];
