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
  type OperatorCommand,
} from '../../../src/domain/order/operator-commands';
import { attentionsOf } from '../../../src/domain/order/attentions';
import { isOver } from '../../../src/domain/order/transitions';
import { timelineOf } from '../../../src/domain/views/timeline';
import { frozen, facts, order, portfolioOrder } from '../samples';
import { allAccepted, placedState, T } from './waiting';
import type { OrderState } from '../../../src/domain/order-state/state';

const ada = { actor: 'ada', reason: 'the client called' };
const evidence = { ...ada, evidence: 'ticket 4711' };
const state = frozen(allAccepted(placedState()));
const settled = allAccepted(
  placedState(portfolioOrder('SETTLED'), order('FILLED', { executions: [facts('SETTLED')] })),
);
const closed: OrderState = { ...state, closed: { ...evidence, at: 'then' } };
const refused: OrderState = {
  ...state,
  emission: {
    ...state.emission,
    inFlight: [{ status: 'SETTLED', id: '3', body: 'three' }],
    refused: [
      { status: 'PROCESSING', id: '1', body: 'one', refusal: { status: 400, message: 'no' } },
      { status: 'FILLED', refusal: { message: 'too many digits' } },
    ],
  },
};
const held: OrderState = { ...state, held: 'FIRST_SEEN_FINISHED' };
const loud: OrderState = { ...state, isUnknownToBroker: true, unusableMessages: 1 };

const all = { cancel, reconcile, acknowledge, release, retryEmission, close } as Record<
  string,
  OperatorCommand
>;
const allowed: Record<string, [OrderState, boolean][]> = {
  cancel: [
    [state, true],
    [settled, false],
    [closed, false],
  ],
  reconcile: [
    [state, true],
    [settled, true],
    [closed, false],
  ],
  acknowledge: [
    [state, false],
    [loud, true],
  ],
  release: [
    [state, false],
    [held, true],
  ],
  retryEmission: [
    [state, false],
    [refused, true],
  ],
  close: [
    [state, true],
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
    cancel: state,
    acknowledge: loud,
    release: held,
    retryEmission: refused,
    close: state,
  }),
)('%s is kept with who decided, and why', (name, one) => {
  const operation = all[name];
  const after = operation?.apply(frozen(one), evidence, T);
  const { rule = '' } = operation ?? {};
  expect(after?.decided).toMatch(/^[A-Z0-9].*\.$/);
  const kept = timelineOf(after?.state ?? state).filter((entry) => entry.rule === rule);
  expect(kept).toMatchObject([{ source: 'operator', ...ada }]);
});

describe('acknowledge', () => {
  test('takes the codes that are named', () => {
    const { state: after, decided } = acknowledge.apply(loud, { ...ada, codes: ['UNUSABLE_MESSAGE'] }, T);
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
  const { state: after, decided } = retryEmission.apply(refused, ada, T);
  // What was never built was never sent, so it is not sent again (14.59).
  expect(decided).toBe('Resending PROCESSING; Building anew FILLED.');
  expect(after.emission).toMatchObject({
    refused: [],
    inFlight: [{ status: 'SETTLED', id: '3', body: 'three' }],
    retryQueue: [{ status: 'PROCESSING', id: '1', body: 'one' }],
    outbox: [{ status: 'FILLED', isRetried: true }],
  });
});

test('release lets go, and keeps what is pending', () => {
  const { state: after } = release.apply(held, ada, T);
  expect(after).not.toHaveProperty('held');
  expect(after.emission).toBe(held.emission);
});

test('close ends the order, whatever is open', () => {
  const after = close.apply(refused, evidence, T).state;
  expect(isOver(after)).toBe(true);
  expect(after.closed).toMatchObject({ at: '2026-03-02T09:00:00.000Z', ...evidence });
  expect(after.auditLog.at(-1)?.text).toBe('Closed as NEW, on this evidence: ticket 4711');
});

test('a reopened order stays open until it is closed', () => {
  expect(isOver(settled)).toBe(true);
  const retryQueue = frozen(reopened(close.apply(settled, evidence, T).state, ada, T));
  expect(retryQueue).toMatchObject({ run: 2, reopened: ada });
  expect(retryQueue).not.toHaveProperty('closed');
  expect(isOver(retryQueue)).toBe(false);
  expect(isOver(close.apply(retryQueue, evidence, T).state)).toBe(true);
});

test('an order of older rules keeps its attentions when it is closed, as its history has them (14.20)', () => {
  const { rules: _, ...older } = refused;
  const { state: after, decided } = close.apply(older, evidence, T);
  expect(decided).toBe('The order is closed.');
  expect(attentionsOf(after).map(({ code }) => code)).toEqual(['EMISSION_REFUSED', 'EMISSION_REFUSED']);
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
