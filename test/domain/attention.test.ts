/** What waits for a human, and what acknowledging it silences. */
import { attentionCodes, attentionsOf, type AttentionCode } from '../../src/domain/attention';
import type { OrderLife } from '../../src/domain/order-life';
import { acknowledge } from '../../src/domain/operators';
import { execution, executionId, frozen, order, portfolioOrder } from './samples';
import { allAccepted, placedLife, T } from './waiting';

const ada = { actor: 'ada', reason: 'seen' };
const life = allAccepted(placedLife());
const codes = (one: OrderLife): string[] => attentionCodes(attentionsOf(one));
const wait = (rule: OrderLife['waits'][number]['rule'], more = {}) => ({
  rule,
  since: T,
  firstDue: T,
  dueAt: T,
  asked: 2,
  ...more,
});
const refused = (at: string) => ({
  ...life,
  emission: {
    ...life.emission,
    refused: [{ status: 'NEW' as const, id: '1', body: '{}', refusal: { message: 'no', at } }],
  },
});
const cancel = { at: T, ...ada, rule: 'operator:cancel' as const };
const conflict = { kind: 'refused' as const, problem: { status: 409 } };
const decision = { at: '2026-03-02T09:00:00.000Z', ...ada };

const rows: [string, OrderLife, AttentionCode[]][] = [
  ['nothing', life, []],
  ['a finding of weight', placedLife(execution('CANCELLED')), ['MISTRADE']],
  ['a finding that only explains', placedLife(portfolioOrder('SETTLED')), []],
  ['a refused event', refused('1'), ['EMISSION_REFUSED']],
  ['an unusable message', { ...life, unusableMessages: 1 }, ['UNUSABLE_MESSAGE']],
  ['a wait that is not overdue', { ...life, waits: [wait('deadline:new')] }, []],
  ['NEW', { ...life, waits: [wait('deadline:new', { overdue: true })] }, ['NEW_OVERDUE']],
  [
    'PROCESSING',
    { ...life, waits: [wait('deadline:processing', { overdue: true })] },
    ['PROCESSING_OVERDUE'],
  ],
  ['parts', { ...life, waits: [wait('deadline:parts', { overdue: true })] }, ['PARTS_OVERDUE']],
  [
    'settlement',
    { ...life, waits: [wait('deadline:settlement', { overdue: true })] },
    ['SETTLEMENT_OVERDUE'],
  ],
  ['a silent cancel', { ...life, waits: [wait('deadline:cancel', { overdue: true })] }, ['CANCEL_SILENT']],
  [
    'a day without calendar',
    { ...life, waits: [wait('deadline:new', { uncovered: true })] },
    ['CALENDAR_UNCOVERED'],
  ],
  ['an order that the broker does not know', { ...life, isUnknownToBroker: true }, ['UNKNOWN_TO_BROKER']],
  ['a cancel on its way', { ...life, cancel }, []],
  ['an accepted cancel', { ...life, cancel: { ...cancel, answer: { kind: 'accepted' } } }, []],
  ['a refused cancel', { ...life, cancel: { ...cancel, answer: conflict } }, ['CANCEL_REFUSED']],
  [
    'a cancel of an unknown order',
    { ...life, cancel: { ...cancel, answer: { kind: 'unknown-order' } } },
    ['CANCEL_REFUSED'],
  ],
  [
    'a refused cancel of an order that has ended',
    { ...placedLife(portfolioOrder('SETTLED')), cancel: { ...cancel, answer: conflict } },
    [],
  ],
  ['first seen finished', { ...life, held: 'FIRST_SEEN_FINISHED' }, ['FIRST_SEEN_FINISHED']],
  ['healed without ledger', { ...life, held: 'HEALED_WITHOUT_LEDGER' }, ['HEALED_WITHOUT_LEDGER']],
  ['reopened', { ...life, reopened: decision }, ['REOPENED']],
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
  for (const { key, message, advice } of attentions) {
    expect(key).toMatch(/^[A-Z_]+/);
    expect(message).not.toMatch(/undefined|null|NaN/);
    expect(advice).toMatch(/\.$/);
  }
  expect(new Set(attentions.map(({ key }) => key)).size).toBe(attentions.length);
});

test.each(rows.filter(([, , expected]) => expected.length > 0))(
  '%s is silent once acknowledged',
  (_what, one) => {
    const after = acknowledge.apply(one, ada, T).life;
    expect(attentionsOf(after)).toEqual([]);
    expect(acknowledge.forbidden(after, ada)).toBeDefined();
  },
);

describe('what is acknowledged calls again when it happens again', () => {
  const silenced = (one: OrderLife): OrderLife => acknowledge.apply(one, ada, T).life;
  const again: [string, OrderLife, (one: OrderLife) => OrderLife, AttentionCode][] = [
    [
      'another mistrade',
      placedLife(execution('CANCELLED')),
      (one) => ({
        ...one,
        record: placedLife(execution('CANCELLED'), execution('CANCELLED', { id: executionId(2) })).record,
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
      { ...life, unusableMessages: 1 },
      (one) => ({ ...one, unusableMessages: 2 }),
      'UNUSABLE_MESSAGE',
    ],
    [
      'a wait that began anew',
      { ...life, waits: [wait('deadline:parts', { overdue: true })] },
      (one) => ({ ...one, waits: [wait('deadline:parts', { overdue: true, since: T + 1 })] }),
      'PARTS_OVERDUE',
    ],
    [
      'the next cancel, refused as well',
      { ...life, cancel: { ...cancel, answer: conflict } },
      (one) => ({ ...one, cancel: { ...cancel, at: T + 1, answer: conflict } }),
      'CANCEL_REFUSED',
    ],
  ];
  test.each(again)('%s', (_what, before, change, code) => {
    expect(codes(change(silenced(before)))).toEqual([code]);
  });

  test('and the same thing does not', () => {
    const one: OrderLife = { ...life, waits: [wait('deadline:new', { overdue: true })] };
    expect(codes({ ...silenced(one), waits: [wait('deadline:new', { overdue: true, asked: 9 })] })).toEqual(
      [],
    );
  });
});

test('codes are sorted and named once', () => {
  const mistrades = [1, 2].map((n) => execution('CANCELLED', { id: executionId(n) }));
  expect(codes({ ...placedLife(...mistrades, order('HALTED')), unusableMessages: 3 })).toEqual([
    'MISTRADE',
    'UNKNOWN_STATUS',
    'UNUSABLE_MESSAGE',
  ]);
});
