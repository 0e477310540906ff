import { VirtualClock } from '../virtualClock';

/** Virtual time that stands still while the disk works: however slow that is, a test does the same each time. */
export class DiskClock extends VirtualClock {
	override async settle(): Promise<void> {
		do await super.settle();
		while (diskIsAsked());
	}
}

/** Whether something of the disk has been asked for and not been answered. */
export function diskIsAsked(): boolean {
	return process.getActiveResourcesInfo().some((name) => /^(FSReq|CloseReq)/.test(name));
}
