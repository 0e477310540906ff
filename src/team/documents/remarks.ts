import type { Write } from '../../pool/pool';

/** Whether the service has said something about the state of the document. It never goes up to the team. */
export function hasRemark(write: Write): boolean {
	return textOf(write) !== undefined;
}

/** The team's document with what the service said to this machine, if it is about the same state. */
export function withRemark(write: Write, own: Write): Write {
	const serviceMessage = textOf(own);
	if (serviceMessage === undefined || textOf(write) !== undefined || stateOf(write) !== stateOf(own)) return write;
	if (write.kind === 'key' && write.doc.status.state === 'quarantined') {
		return { ...write, doc: { ...write.doc, status: { ...write.doc.status, serviceMessage } } };
	}
	if (
		write.kind === 'bucket' &&
		(write.doc.status.state === 'coolingDown' || write.doc.status.state === 'unsupported')
	) {
		return { ...write, doc: { ...write.doc, status: { ...write.doc.status, serviceMessage } } };
	}
	return write;
}

function textOf(write: Write): string | undefined {
	if (write.kind !== 'key' && write.kind !== 'bucket') return undefined;
	const { status } = write.doc;
	return 'serviceMessage' in status ? status.serviceMessage : undefined;
}

/** The same for two copies of one state. */
function stateOf(write: Write): string | undefined {
	if (write.kind !== 'key' && write.kind !== 'bucket') return undefined;
	const { status } = write.doc;
	switch (status.state) {
		case 'quarantined':
			return `${status.reason} ${status.since}`;
		case 'coolingDown':
		case 'unsupported':
			return `${status.reason} ${status.until}`;
		default:
			return status.state;
	}
}
