import type { Pricing } from '../../../src/pool/pool';

/** Millionths of a dollar for each token: 1 for a prompt, 2 for an answer, whatever the model; twice as much for `dear`. */
export const plainPricing: Pricing = {
	costOf: ({ input, output, thoughts }, { model }) => (input + 2 * (output + thoughts)) * factorOf(model),
	maxCostOf: ({ input, output }, { model }) => (input + 2 * output) * factorOf(model),
	maxOutput: () => 1_000,
};

/** What a request of `aRequest` reserves: 400 bytes and what stands around them, and an answer of 1,000 tokens. */
export const plainMaxCost = 400 + 256 + 2_000;
/** What an answer of the rig's `answers` costs: 100 tokens in, 10 out. */
export const plainCost = 120;

function factorOf(model: string): number {
	return model === 'dear' ? 2 : 1;
}
