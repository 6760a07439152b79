/** What operators may ask of an order, which rule forbids it, and what is kept of it. */
import {
  acknowledge,
  cancel,
  close,
  reconcile,
  release,
  reopened,
  retryEmission,
  unusable,
  wordless,
  type CloseDecision,
  type Operation,
} from '../../src/domain/operators';
import { isOver, type OrderLife } from '../../src/domain/order-life';
import { timelineOf } from '../../src/domain/timeline';
import { frozen, facts, order, portfolioOrder } from './samples';
import { allAccepted, placedLife, T } from './waiting';

const ada = { actor: 'ada', reason: 'the client called' };
const evidence = { ...ada, evidence: 'ticket 4711' };
const life = frozen(allAccepted(placedLife()));
const settled = allAccepted(
  placedLife(portfolioOrder('SETTLED'), order('FILLED', { executions: [facts('SETTLED')] })),
);
const closed: OrderLife = { ...life, closed: { ...evidence, at: 'then' } };
const refused: OrderLife = {
  ...life,
  emission: {
    ...life.emission,
    inFlight: [{ status: 'SETTLED', id: '3', body: 'three' }],
    refused: [
      { status: 'PROCESSING', id: '1', body: 'one', refusal: { status: 400, message: 'no' } },
      { status: 'FILLED', refusal: { message: 'too many digits' } },
    ],
  },
};
const held: OrderLife = { ...life, held: 'FIRST_SEEN_FINISHED' };
const loud: OrderLife = { ...life, isUnknownToBroker: true, unusableMessages: 1 };

const all = { cancel, reconcile, acknowledge, release, retryEmission, close } as Record<string, Operation>;
const allowed: Record<string, [OrderLife, boolean][]> = {
  cancel: [
    [life, true],
    [settled, false],
    [closed, false],
  ],
  reconcile: [
    [life, true],
    [settled, true],
    [closed, false],
  ],
  acknowledge: [
    [life, false],
    [loud, true],
  ],
  release: [
    [life, false],
    [held, true],
  ],
  retryEmission: [
    [life, false],
    [refused, true],
  ],
  close: [
    [life, true],
    [settled, true],
    [closed, false],
  ],
};

test.each(Object.entries(allowed))('%s is allowed or forbidden by a rule that has a name', (name, rows) => {
  for (const [one, isAllowed] of rows) {
    const why = all[name]?.forbidden(one, evidence);
    if (isAllowed) expect(why).toBeUndefined();
    else expect(why).toMatch(/^[a-z-]+:[A-Za-z>-]+: /);
  }
});

test.each(
  Object.entries({
    cancel: life,
    acknowledge: loud,
    release: held,
    retryEmission: refused,
    close: life,
  }),
)('%s is kept with who decided, and why', (name, one) => {
  const operation = all[name];
  const after = operation?.apply(frozen(one), evidence, T);
  const { rule = '' } = operation ?? {};
  expect(after?.decided).toMatch(/^[A-Z0-9].*\.$/);
  const kept = timelineOf(after?.life ?? life).filter((entry) => entry.rule === rule);
  expect(kept).toMatchObject([{ source: 'operator', ...ada }]);
});

describe('acknowledge', () => {
  test('takes the codes that are named', () => {
    const { life: after, decided } = acknowledge.apply(loud, { ...ada, codes: ['UNUSABLE_MESSAGE'] }, T);
    expect(decided).toBe('Acknowledged: UNUSABLE_MESSAGE.');
    expect(acknowledge.forbidden(after, { ...ada, codes: ['UNUSABLE_MESSAGE'] })).toMatch(
      'no UNUSABLE_MESSAGE',
    );
    expect(acknowledge.forbidden(after, { ...ada, codes: ['UNKNOWN_TO_BROKER'] })).toBeUndefined();
  });

  test('of no code at all decides nothing, and says so', () => {
    expect(acknowledge.forbidden(loud, { ...ada, codes: [] })).toBeDefined();
  });
});

test('retry-emission puts events back as they are; what could not be built is built anew', () => {
  const { life: after, decided } = retryEmission.apply(refused, ada, T);
  expect(decided).toMatch(/^Sent again: PROCESSING, .*\.$/);
  expect(after.emission).toMatchObject({
    refused: [],
    inFlight: [{ status: 'SETTLED', id: '3', body: 'three' }],
    again: [{ status: 'PROCESSING', id: '1', body: 'one' }],
    outbox: [{ status: 'FILLED', isRetried: true }],
  });
});

test('release lets go, and keeps what is owed', () => {
  const { life: after } = release.apply(held, ada, T);
  expect(after).not.toHaveProperty('held');
  expect(after.emission).toBe(held.emission);
});

test('close ends the order, whatever is open', () => {
  const after = close.apply(refused, evidence, T).life;
  expect(isOver(after)).toBe(true);
  expect(after.closed).toEqual({ at: '2026-03-02T09:00:00.000Z', ...evidence });
  expect(after.journal.at(-1)?.text).toBe('Closed as NEW, on this evidence: ticket 4711');
});

test('a reopened order stays open until it is closed', () => {
  expect(isOver(settled)).toBe(true);
  const again = frozen(reopened(close.apply(settled, evidence, T).life, ada, T));
  expect(again).toMatchObject({ run: 2, reopened: ada });
  expect(again).not.toHaveProperty('closed');
  expect(isOver(again)).toBe(false);
  expect(isOver(close.apply(again, evidence, T).life)).toBe(true);
});

describe('words', () => {
  test.each<[string, unknown, RegExp | undefined]>([
    ['both', ada, undefined],
    ['1000 characters', { actor: 'a', reason: 'x'.repeat(1000) }, undefined],
    ['1001 characters', { actor: 'a', reason: 'x'.repeat(1001) }, /at most 1000/],
    ['no actor', { reason: 'why' }, /actor/],
    ['a blank actor', { actor: '\t ', reason: 'why' }, /actor/],
    ['no reason', { actor: 'ada' }, /reason/],
    ['a number', { actor: 7, reason: 'why' }, /actor/],
    ['nothing', undefined, /actor/],
    ['null', null, /actor/],
    ['text', 'ada', /actor/],
    ['a list', [], /actor/],
  ])('%s', (_what, decision, complaint) => {
    if (complaint === undefined) expect(unusable(decision)).toBeUndefined();
    else expect(unusable(decision)).toMatch(complaint);
  });

  test('evidence is wanted in words', () => {
    const { evidence: none }: Partial<CloseDecision> = {};
    expect(wordless(none, 'what proves it (evidence)')).toBe('say what proves it (evidence)');
    expect(wordless('ticket', 'what proves it (evidence)')).toBeUndefined();
  });
});
