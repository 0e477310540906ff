/** As the manifest names them. */
export const vendor = 'keypool';
export const participantId = 'keypool.participant';
export const statusToolName = 'keypool_status';
