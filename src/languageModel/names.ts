/** As the manifest names them. */
export const vendor = 'keypool';
export const participantId = 'keypool.participant';
export const statusToolName = 'keypool_status';
export const languageModelCommandNames = ['keypool.addToChat', 'keypool.manageAccess'] as const;
