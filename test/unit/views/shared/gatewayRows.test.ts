import assert from 'node:assert/strict';
import { noticeInWords } from '../../../../src/views/notices/noticeInWords';
import type { Availability, Snapshot } from '../../../../src/pool/pool';
import { gatewayPresentation, gatewayRows, outlookOf, spentAtGateway } from '../../../../src/views/shared/gatewayRows';
import type { GatewayView } from '../../../../src/views/shared/gatewayView';
import { gatewayText } from '../../../../src/views/shared/poolView';
import { rowsOf } from '../../../../src/views/shared/rows';
import { statusOf } from '../../../../src/views/statusBar/status';
import { hoverOf } from '../../../../src/views/tree/hover';
import { readable } from '../../../support/ui/readable';
import {
	hour,
	keyView,
	minute,
	noon,
	SettablePool,
	snapshotOf,
	standings,
	words,
} from '../../../support/views/snapshots';

const told: NonNullable<GatewayView['told']> = {
	...{ state: 'open', client: 'ann', keys: 'paid' },
	models: [{ model: 'gemini-3.8-flash', isUsable: true }],
	requests: { used: 3, max: 10 },
	dollars: { used: 1.5 },
	dayEndsAt: noon + 60 * minute,
};
const gateway = (more: Partial<GatewayView> = {}): GatewayView => ({ host: 'kp.example', told, ...more });
const snapshot = (availability: Availability = standings.usable) => snapshotOf([keyView('kp.example', availability)]);

/** Rows as they are read, and what the status bar says. */
function shown(view: GatewayView, availability?: Availability) {
	const of = snapshot(availability);
	const { top, byId } = rowsOf(of, undefined, undefined, view);
	const rows = [...byId.values()].map((row) => {
		assert.ok(row.kind === 'gateway' || row.kind === 'gatewayModel' || row.kind === 'gatewayUse', 'no key is shown');
		const { label, description } = gatewayPresentation(row, words, noon);
		return `${label}: ${description}`;
	});
	const { text, alarm } = statusOf(of, words, noon, 'gateway', 'off', view);
	return { top, rows, status: `${text}${alarm === undefined ? '' : ` (${alarm})`}` };
}

describe('a team’s gateway in the views', () => {
	it('stands in place of keys: what can be asked, and one’s own budget', () => {
		assert.deepEqual(shown(gateway()), {
			top: ['gateway'],
			rows: [
				'kp.example: usable',
				'gemini-3.8-flash: usable',
				'Requests today: 3 of 10',
				'Budget today: $1.50, no limit',
			],
			status: 'gateway',
		});
	});

	it('says until when it rests, and when a budget begins anew', () => {
		const models = [{ model: 'gemini-3.8-flash', isUsable: false, backAt: noon + 2 * minute }];
		const resting = shown(gateway({ told: { ...told, models } }));
		assert.match(resting.rows[0] ?? '', /^kp\.example: rests until /);
		assert.match(resting.status, /^gateway: rests until .* \(warning\)$/);
		const usedUp = shown(gateway({ told: { ...told, dollars: { used: 2, max: 2 } } }));
		assert.match(usedUp.rows[0] ?? '', /^kp\.example: used up until /);
		assert.match(usedUp.rows[3] ?? '', /^Budget today: \$2\.00 of \$2\.00, used up until /);
		assert.equal(usedUp.status, 'gateway: budget used up (warning)');
		const spent = { ...told, keys: 'any', dollars: { used: 0, max: 0 } } as const;
		assert.equal(shown(gateway({ told: spent })).rows[0], 'kp.example: usable', 'free keys answer');
		assert.match(shown(gateway({ told: { ...spent, models } })).rows[0] ?? '', /^kp\.example: used up until /);
	});

	it('tells nothing of yesterday as of today where it cannot be reached since', () => {
		const over = { ...told, requests: { used: 10, max: 10 }, dayEndsAt: noon };
		const away = gateway({ trouble: 'unreachable', told: over });
		assert.deepEqual(shown(away).rows.slice(2), ['Requests today: 0 of 10', 'Budget today: $0.00, no limit']);
		assert.equal(spentAtGateway(over, words, noon - 1), '$1.50');
		assert.equal(spentAtGateway(over, words, noon), '$0.00');
	});

	it('is about the model that the setting’s name stands for', () => {
		const models = [
			{ model: 'gemini-3.8-flash', isUsable: false, backAt: noon + 20 * minute },
			{ model: 'gemini-3.5-flash-lite', isUsable: true },
		];
		const of = { ...snapshot(), model: 'gemini-flash-latest' };
		const row = [...rowsOf(of, undefined, undefined, gateway({ told: { ...told, models } })).byId.values()][0];
		assert.ok(row?.kind === 'gateway');
		assert.equal(row.outlook.state, 'resting');
	});

	it('says what is wrong with it, or with the token', () => {
		const says = (view: GatewayView, availability?: Availability): string => shown(view, availability).rows[0] ?? '';
		assert.equal(says({ host: 'kp.example' }), 'kp.example: being asked');
		assert.notDeepEqual(shown({ host: 'kp.example' }).top, shown(gateway()).top, 'a row that opens is another one');
		assert.equal(says(gateway({ trouble: 'unreachable' })), 'kp.example: cannot be reached');
		assert.equal(says({ host: 'kp.example', trouble: 'badToken' }), 'kp.example: does not know your token');
		assert.equal(says(gateway(), standings.leaked), 'kp.example: does not know your token');
		assert.equal(says(gateway({ told: { ...told, state: 'paused' } })), 'kp.example: paused by whoever runs it');
		assert.match(says(gateway(), standings.minute), /rests until/);
		// As where a person's own limit is 0: its end is a guess.
		const endless = { state: 'coolingDown', reason: 'rpd', until: noon + hour, isEndless: true } as const;
		assert.equal(says(gateway(), endless), 'kp.example: cannot answer now');
	});

	it('is not usable where only paid keys may be used and the token may fall to free ones, and says what helps', () => {
		const of = snapshotOf([keyView('kp.example', standings.usable, { isBarred: true })]);
		const view = gateway({ told: { ...told, keys: 'any' } });
		const status = statusOf(of, words, noon, 'gateway', 'off', view);
		assert.deepEqual([status.text, status.alarm], ['gateway: paid keys only', 'warning']);
		assert.match(readable(status.hover), /kp\.example: paid keys only[^]*the setting keypool\.paidOnly/);
		const [row] = gatewayRows(view, of);
		assert.ok(row);
		assert.equal(gatewayPresentation(row, words, noon).description, 'paid keys only');
		assert.deepEqual(outlookOf({ ...view, trouble: 'unreachable' }, of), { state: 'unreachable' });
	});

	it('interrupts with what it tells, and offers no key to add', () => {
		const resting = snapshotOf([keyView('token', standings.minute)]);
		const notice = noticeInWords(resting, words, noon, { gateway: gateway() });
		assert.match(notice.text, /^Team gateway kp\.example: rests until /);
		assert.deepEqual(notice.action, { command: 'keypool.keys.focus', title: 'Show the Gateway' });
		// It stays, and would call another day tomorrow.
		const usedUp = { ...told, dollars: { used: 2, max: 2 }, dayEndsAt: noon + 20 * hour };
		const { text } = noticeInWords(resting, words, noon, { gateway: gateway({ told: usedUp }) });
		assert.equal(text, 'Team gateway kp.example: used up until Wed 08:00');
		const revoked = noticeInWords(resting, words, noon, { gateway: { host: 'kp.example', trouble: 'badToken' } });
		assert.deepEqual(revoked.action, { command: 'keypool.useTeamGateway', title: 'Enter Another Token' });
	});

	it('tells the rest on its hover: whose keys, whose eyes, how long the token is good', () => {
		const view = gateway({ told: { ...told, expiresAt: noon + 90 * minute } });
		const [row] = gatewayRows(view, snapshot());
		assert.ok(row);
		const text = readable(hoverOf(row, words, noon));
		assert.match(text, /Your token uses paid keys only/);
		assert.match(text, /Your token is valid until/);
		assert.match(text, /Whoever runs it can read what you ask/);
	});

	it('is what @keypool tells of, unless Keypool has paused: then nothing is asked there either', () => {
		const view = gateway({ told: { ...told, state: 'held' } });
		const said = (view: GatewayView | undefined, paused?: Snapshot['paused']) => {
			const of = snapshotOf([keyView('kp.example', standings.usable)], paused && { paused });
			const text = gatewayText(Object.assign(new SettablePool(of), { gateway: () => view }), words, {
				now: () => noon,
			})();
			return text && readable(text);
		};
		assert.match(said(view) ?? '', /^\*\*Team gateway kp\.example: has stopped you until somebody there checks it\*\*/);
		assert.deepEqual([said(undefined), said(view, { reason: 'leaked', by: 'A', since: noon })], [undefined, undefined]);
	});
});
