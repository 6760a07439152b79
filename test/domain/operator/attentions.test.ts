/** What waits for a human, and what acknowledging it silences. */
import { attentionCodes, attentionsOf } from '../../../src/domain/operator/attentions';
import type { AttentionCode } from '../../../src/domain/operator/attention-codes';
import { progressOf } from '../../../src/domain/views/progress';
import { acknowledge } from '../../../src/domain/operator/operator-commands';
import { at, childId, execution, executionId, facts, frozen, order, portfolioOrder } from '../samples';
import { allAccepted, DAY, placed, placedState, policies, T } from '../order/waiting';
import { withCancel, withCancelAnswer } from '../../../src/domain/order/cancellation';
import { withReconciliation } from '../../../src/domain/order/reconciliation';
import { withPlacement } from '../../../src/domain/order/transitions';
import type { OrderState } from '../../../src/domain/order-state/state';

const ada = { actor: 'ada', reason: 'seen' };
const state = allAccepted(placedState());
const codes = (one: OrderState): string[] => attentionCodes(attentionsOf(one));
const wait = (rule: OrderState['waits'][number]['rule'], more = {}) => ({
  rule,
  since: T,
  firstDue: T,
  dueAt: T,
  asked: 2,
  ...more,
});
const refused = (at: string) => ({
  ...state,
  emission: {
    ...state.emission,
    refused: [{ status: 'NEW' as const, id: '1', body: '{}', refusal: { message: 'no', at } }],
  },
});
const cancel = { at: T, ...ada, rule: 'operator:cancel' as const };
const conflict = { kind: 'refused' as const, problem: { status: 409 } };
const cancelled = (cancellationReason?: string, type = 'BUY') =>
  portfolioOrder('CANCELLED', { type, updatedAt: at(2), ...(cancellationReason && { cancellationReason }) });
const decision = { at: '2026-03-02T09:00:00.000Z', ...ada };

const rows: [string, OrderState, AttentionCode[]][] = [
  ['nothing', state, []],
  ['a finding of weight', placedState(execution('CANCELLED')), ['MISTRADE']],
  ['a finding that only explains', placedState(portfolioOrder('SETTLED')), []],
  ['a refused event', refused('1'), ['EMISSION_REFUSED']],
  ['an unusable message', { ...state, unusableMessages: 1 }, ['UNUSABLE_MESSAGE']],
  ['a wait that is not overdue', { ...state, waits: [wait('deadline:new')] }, []],
  ['NEW', { ...state, waits: [wait('deadline:new', { overdue: true })] }, ['NEW_OVERDUE']],
  [
    'PROCESSING',
    { ...state, waits: [wait('deadline:processing', { overdue: true })] },
    ['PROCESSING_OVERDUE'],
  ],
  ['parts', { ...state, waits: [wait('deadline:parts', { overdue: true })] }, ['PARTS_OVERDUE']],
  [
    'settlement',
    { ...state, waits: [wait('deadline:settlement', { overdue: true })] },
    ['SETTLEMENT_OVERDUE'],
  ],
  ['a silent cancel', { ...state, waits: [wait('deadline:cancel', { overdue: true })] }, ['CANCEL_SILENT']],
  [
    'a day without calendar',
    { ...state, waits: [wait('deadline:new', { uncovered: true })] },
    ['CALENDAR_UNCOVERED'],
  ],
  ['an order that the broker does not know', { ...state, isUnknownToBroker: true }, ['UNKNOWN_TO_BROKER']],
  ['a cancel on its way', { ...state, cancel }, []],
  ['an accepted cancel', { ...state, cancel: { ...cancel, answer: { kind: 'accepted' } } }, []],
  ['a refused cancel', { ...state, cancel: { ...cancel, answer: conflict } }, ['CANCEL_REFUSED']],
  [
    'a cancel of an unknown order',
    { ...state, cancel: { ...cancel, answer: { kind: 'unknown-order' } } },
    ['CANCEL_REFUSED'],
  ],
  [
    'a refused cancel of an order that has ended',
    { ...placedState(portfolioOrder('SETTLED')), cancel: { ...cancel, answer: conflict } },
    [],
  ],
  [
    'an order that the broker cancelled after accepting it (14.12)',
    placedState(cancelled('SELL_LIMIT_EXCEEDED')),
    ['CANCELLED_BY_BROKER'],
  ],
  [
    'an order that the broker cancelled without a reason (14.12)',
    placedState(cancelled()),
    ['CANCELLED_BY_BROKER'],
  ],
  ['an order that its client cancelled', placedState(cancelled('CANCELLED_BY_CLIENT')), []],
  ['a cancel of ours that got no reason', { ...placedState(cancelled()), cancel }, []],
  [
    'a rebalancing that was not needed',
    placedState(cancelled('PORTFOLIO_IS_BALANCED', 'REBALANCING')),
    ['TERMS_CHANGED'],
  ],
  [
    'a cancelled order that was placed again',
    { ...placedState(cancelled('CANCELLED_BY_UPVEST')), resubmittedAs: 'SP-1~2' },
    [],
  ],
  ['first seen finished', { ...state, held: 'FIRST_SEEN_FINISHED' }, ['FIRST_SEEN_FINISHED']],
  ['first seen late', { ...state, held: 'FIRST_SEEN_LATE' }, ['FIRST_SEEN_LATE']],
  [
    'not what was requested',
    { ...state, held: 'ANSWER_MISMATCH', answerMismatch: 'side SELL instead of BUY' },
    ['ANSWER_MISMATCH'],
  ],
  ['healed without ledger', { ...state, held: 'HEALED_WITHOUT_LEDGER' }, ['HEALED_WITHOUT_LEDGER']],
  ['reopened', { ...state, reopened: decision }, ['REOPENED']],
  [
    'placed after it had finished',
    { ...state, placedAfterFinish: { reference: 'SP-2', at: T } },
    ['PLACED_AFTER_FINISH'],
  ],
  [
    'taken by another placement, too (14.2)',
    withPlacement(state, { ...placed, reference: 'SP-2' }, T),
    ['PLACED_TWICE'],
  ],
  [
    'several',
    {
      ...refused('1'),
      isUnknownToBroker: true,
      waits: [wait('deadline:new', { overdue: true, uncovered: true })],
    },
    ['CALENDAR_UNCOVERED', 'EMISSION_REFUSED', 'NEW_OVERDUE', 'UNKNOWN_TO_BROKER'],
  ],
];

test.each(rows)('%s', (_what, one, expected) => {
  const attentions = attentionsOf(frozen(one));
  expect(attentionCodes(attentions)).toEqual(expected);
  for (const { key, since = '2026-01-01', message, advice } of attentions) {
    expect(Date.parse(since)).not.toBeNaN();
    expect(key).toMatch(/^[A-Z_]+/);
    expect(message).not.toMatch(/undefined|null|NaN/);
    expect(advice).toMatch(/\.$/);
  }
  expect(new Set(attentions.map(({ key }) => key)).size).toBe(attentions.length);
});

test.each(rows.filter(([, , expected]) => expected.length > 0))(
  '%s is silent once acknowledged',
  (_what, one) => {
    const after = acknowledge.apply(one, ada, T).state;
    expect(attentionsOf(after)).toEqual([]);
    expect(acknowledge.forbidden(after, ada)).toBeDefined();
  },
);

test('what Upvest does not know, or does not cancel, has the time of its answer (14.19)', () => {
  const asked = { askedAt: T, now: T + 1_000 };
  const unknown = withReconciliation(state, { kind: 'unknown-order' }, asked, policies);
  const again = withReconciliation(
    unknown,
    { kind: 'unknown-order' },
    { askedAt: T, now: T + DAY },
    policies,
  );
  const since = (one: OrderState): unknown[] => attentionsOf(one).map((each) => [each.code, each.since]);
  expect(since(again)).toContainEqual(['UNKNOWN_TO_BROKER', at(1)]);
  const requested = withCancel(state, ada, 'operator:cancel', T);
  expect(since(withCancelAnswer(requested, conflict, T + 2_000))).toEqual([['CANCEL_REFUSED', at(2)]]);
});

describe('what is acknowledged calls again when it happens again', () => {
  const silenced = (one: OrderState): OrderState => acknowledge.apply(one, ada, T).state;
  const retryQueue: [string, OrderState, (one: OrderState) => OrderState, AttentionCode][] = [
    [
      'another mistrade',
      placedState(execution('CANCELLED')),
      (one) => ({
        ...one,
        record: placedState(execution('CANCELLED'), execution('CANCELLED', { id: executionId(2) })).record,
      }),
      'MISTRADE',
    ],
    [
      'the next refusal of the same event',
      refused('1'),
      (one) => ({ ...one, emission: refused('2').emission }),
      'EMISSION_REFUSED',
    ],
    [
      'one more unusable message',
      { ...state, unusableMessages: 1 },
      (one) => ({ ...one, unusableMessages: 2 }),
      'UNUSABLE_MESSAGE',
    ],
    [
      'a wait that began anew',
      { ...state, waits: [wait('deadline:parts', { overdue: true })] },
      (one) => ({ ...one, waits: [wait('deadline:parts', { overdue: true, since: T + 1 })] }),
      'PARTS_OVERDUE',
    ],
    [
      'the next cancel, refused as well',
      { ...state, cancel: { ...cancel, answer: conflict } },
      (one) => ({ ...one, cancel: { ...cancel, at: T + 1, answer: conflict } }),
      'CANCEL_REFUSED',
    ],
  ];
  test.each(retryQueue)('%s', (_what, before, change, code) => {
    expect(codes(change(silenced(before)))).toEqual([code]);
  });

  test('and the same thing does not', () => {
    const one: OrderState = { ...state, waits: [wait('deadline:new', { overdue: true })] };
    expect(codes({ ...silenced(one), waits: [wait('deadline:new', { overdue: true, asked: 9 })] })).toEqual(
      [],
    );
  });
});

describe('an acknowledged mixed outcome (14.15)', () => {
  const mixed = placedState(
    order('CANCELLED'),
    order('FILLED', { id: childId(2), executions: [facts('FILLED')] }),
  );
  const nextFill = placedState(
    order('CANCELLED'),
    order('FILLED', { id: childId(2), executions: [facts('FILLED')] }),
    order('FILLED', { id: childId(3), executions: [facts('FILLED', { id: executionId(3) })] }),
  );

  test('stays acknowledged when the next child is filled', () => {
    expect(codes(mixed)).toEqual(['MIXED_OUTCOME']);
    const { acknowledged } = acknowledge.apply(mixed, ada, T).state;
    expect(codes({ ...nextFill, acknowledged })).toEqual([]);
  });

  test('is known by the key that earlier versions stored, as long as it says the same', () => {
    const old = { ...mixed, revision: 0 };
    const { acknowledged } = acknowledge.apply(old, ada, T).state;
    expect(codes({ ...mixed, acknowledged })).toEqual([]);
    expect(codes({ ...nextFill, acknowledged, revision: 0 })).toEqual(['MIXED_OUTCOME']);
  });
});

test('contradictions of one order are acknowledged one by one (14.15)', () => {
  const one = placedState(
    portfolioOrder('FILLED'),
    portfolioOrder('CANCELLED', { cancellationReason: 'CANCELLED_BY_CLIENT' }),
  );
  const { acknowledged } = acknowledge.apply(one, ada, T).state;
  const another = placedState(
    portfolioOrder('FILLED'),
    portfolioOrder('CANCELLED', { cancellationReason: 'CANCELLED_BY_CLIENT' }),
    portfolioOrder('SETTLED'),
  );
  expect(codes({ ...one, acknowledged })).toEqual([]);
  expect(codes({ ...another, acknowledged })).toEqual(['CONTRADICTION']);
});

test('an overdue deadline says what is open of each child, as the progress counts it (14.18)', () => {
  const state = placedState(
    portfolioOrder('PROCESSING'),
    order('PROCESSING', { executions: [] }),
    order('FILLED', { id: childId(2), executions: [facts('FILLED')] }),
    order('FILLED', { id: childId(3), executions: [] }),
  );
  const [overdue] = attentionsOf({ ...state, waits: [wait('deadline:processing', { overdue: true })] });
  expect(overdue?.message).toMatch(
    new RegExp(
      `; open: order \\S+ \\(PROCESSING\\), ${childId(2)} \\(FILLED, awaits settlement\\), ${childId(3)} \\(FILLED, without execution details\\)$`,
    ),
  );
  expect(progressOf(state.record)).toMatchObject({ orders: 3, final: 2 });
});

test('codes are sorted and named once', () => {
  const mistrades = [1, 2].map((n) => execution('CANCELLED', { id: executionId(n) }));
  expect(codes({ ...placedState(...mistrades, order('HALTED')), unusableMessages: 3 })).toEqual([
    'MISTRADE',
    'UNKNOWN_STATUS',
    'UNUSABLE_MESSAGE',
  ]);
});
