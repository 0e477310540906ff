/** The engine's face for who keeps its records in order: read after the start, by the window that does. */
export { Maintenance } from './maintenance/maintenance';
export { startMaintenance } from './maintenance/startMaintenance';
