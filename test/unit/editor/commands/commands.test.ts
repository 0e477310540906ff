import assert from 'node:assert/strict';
import type * as used from '../../../../src/editor/commands/commands';
import { DocumentsStandIn, FileUri } from '../../../support/editor/documents';

/** Which files are run, where the explorer calls the command on one file of those that are selected. */
async function ranOn(...given: readonly unknown[]): Promise<readonly unknown[]> {
	const ran: unknown[] = [];
	const { editorCommands } = new DocumentsStandIn().read('../editor/commands/commands') as typeof used;
	const tools = {
		assistant: { report: (error: unknown) => assert.fail(String(error)) },
		batch: () => Promise.resolve({ run: (file: unknown) => Promise.resolve(void ran.push(file)) }),
	};
	await editorCommands(tools as unknown as used.EditorTools)['keypool.runBatchFile'](...given);
	return ran;
}

describe('Run Batch File in the explorer', () => {
	const [one, other] = [new FileUri('file', '/w/one.txt'), new FileUri('file', '/w/other.csv')];

	it('runs every file that is selected, not the clicked one alone', async () => {
		assert.deepEqual(await ranOn(other, [one, other]), [one, other]);
	});

	it('runs the one that was clicked, and from the palette the one that is open or picked', async () => {
		assert.deepEqual(await ranOn(one, [one]), [one]);
		assert.deepEqual(await ranOn(one), [one]);
		assert.deepEqual(await ranOn(), [undefined]);
	});
});
