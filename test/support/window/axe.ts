import axe from 'axe-core';
import type { Frame, Page } from 'playwright-core';
import * as v from 'valibot';

const Results = v.object({
	violations: v.array(
		v.object({
			id: v.string(),
			help: v.string(),
			nodes: v.array(v.object({ html: v.string(), failureSummary: v.string() })),
		}),
	),
});

/** What axe finds wrong with the accessibility of a page or a frame, one line each. */
export async function violations(page: Page | Frame): Promise<readonly string[]> {
	// The page's policy lets no other script run: the driver's own door is no part of it.
	const found: unknown = await page.evaluate(`${axe.source}; axe.run(document, { resultTypes: ['violations'] })`);
	return v
		.parse(Results, found)
		.violations.flatMap(({ id, help, nodes }) =>
			nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
		);
}
