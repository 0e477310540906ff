/** The name, in the workspace's memory, of the batches that go on later. */
export const laterName = 'keypool.laterBatches';
