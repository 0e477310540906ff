/** Why an alert did not arrive. */
export type DeliveryReason =
	/** Not an address that alerts may go to: https, or this computer. */
	| 'badAddress'
	/** The setting names no mail server. */
	| 'badServer'
	| 'unreachable'
	| 'timedOut'
	/** It wants to lead somewhere else, which is not followed. */
	| 'redirected'
	| 'rateLimited'
	/** It does not take what was sent, or not from us. */
	| 'refused'
	/** Its own trouble. */
	| 'serverTrouble'
	/** Its certificate is nobody's whom this computer trusts, or another name's. */
	| 'notTrusted'
	/** A mail server that offers no encryption. */
	| 'noEncryption'
	/** A mail server does not take user and password. */
	| 'signIn';

export class DeliveryError extends Error {
	override readonly name = 'DeliveryError';

	constructor(
		readonly reason: DeliveryReason,
		/** For the log: what the receiver said, cut short. */
		readonly serviceMessage = '',
		/** ms that the receiver asks to wait. */
		readonly retryAfterMs?: number,
		options?: ErrorOptions,
		/** Some of several have got it. */
		readonly hasArrived = false,
	) {
		super(serviceMessage === '' ? reason : `${reason}: ${serviceMessage}`, options);
	}

	/** Whether the same alert may arrive later. */
	get passes(): boolean {
		switch (this.reason) {
			case 'unreachable':
			case 'timedOut':
			case 'rateLimited':
			case 'serverTrouble':
				return true;
			case 'badAddress':
			case 'badServer':
			case 'redirected':
			case 'refused':
			case 'notTrusted':
			case 'noEncryption':
			case 'signIn':
				return false;
		}
	}
}
