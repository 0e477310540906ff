/** One sample of Prometheus' text format. */
export interface Sample {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
}

/** Reads the text format strictly: a line that is none throws. */
export function samplesIn(text: string): readonly Sample[] {
	return text
		.split('\n')
		.filter((line) => line !== '' && !line.startsWith('#'))
		.map((line) => {
			const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/su.exec(line);
			if (!match) throw new Error(`no sample: ${line}`);
			const [, name = '', inside = '', value = ''] = match;
			return { name, labels: labelsIn(inside), value: Number(value) };
		});
}

function labelsIn(text: string): Record<string, string> {
	const labels: Record<string, string> = {};
	let rest = text;
	while (rest !== '') {
		const match = /^([a-z]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/su.exec(rest);
		if (!match) throw new Error(`no label: ${rest}`);
		const [whole, name = '', value = ''] = match;
		labels[name] = value.replace(/\\(["\\n])/g, (_, c: string) => (c === 'n' ? '\n' : c));
		rest = rest.slice(whole.length);
	}
	return labels;
}

/** The sum of the samples of a name that carry these labels. */
export function sum(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
	return samples
		.filter((sample) => sample.name === name && Object.entries(labels).every(([k, v]) => sample.labels[k] === v))
		.reduce((total, { value }) => total + value, 0);
}
