/**
 * Preloaded (`--import`) into every process that is compared: its clocks and timers follow the scaled time of the
 * environment, so that fixed rests, back-offs and time-outs of any library shrink alike. Chance is that of the seed.
 */
import * as v from 'valibot';
import { chance } from '../../support/pool/chance';
import { ScaledTime } from './scaledTime';

const Three = v.tuple([v.number(), v.number(), v.number()]);
const time = new ScaledTime(...v.parse(Three, JSON.parse(process.env['KEYPOOL_BENCH_TIME'] ?? '')));

const RealDate = Date;
const wall = (): number => Math.floor(time.now());
globalThis.Date = new Proxy(RealDate, {
	construct: (target, args, made): Date => Reflect.construct(target, args.length === 0 ? [wall()] : args, made) as Date,
	apply: () => new RealDate(wall()).toString(),
	get: (target, name): unknown => (name === 'now' ? wall : Reflect.get(target, name)),
});

const began = time.now();
performance.now = () => time.now() - began;

Math.random = chance(Number(process.env['KEYPOOL_BENCH_SEED']));

globalThis.setTimeout = scaled(globalThis.setTimeout);
globalThis.setInterval = scaled(globalThis.setInterval);

function scaled<T extends typeof setTimeout | typeof setInterval>(real: T): T {
	return new Proxy(real, {
		apply: (target, self, [run, ms = 0, ...args]: [() => void, number?, ...unknown[]]): unknown =>
			Reflect.apply(target, self, [run, ms / time.scale, ...args]),
	});
}
