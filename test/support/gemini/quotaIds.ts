// The service's names of its quotas.
export const rpm = 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier';
export const rpd = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier';
export const tpm = 'GenerateContentInputTokensPerModelPerMinute-FreeTier';
export const tpd = 'GenerateContentInputTokensPerModelPerDay-FreeTier';
