/** The name under which VS Code keeps the tab, and gives it back with its window. */
export const dashboardType = 'keypool.dashboard';
