/** The commands of this room, known without reading what they do. */
export const trialCommandNames = ['keypool.trySimulator', 'keypool.leaveSimulator'] as const;

export type TrialCommand = (typeof trialCommandNames)[number];
