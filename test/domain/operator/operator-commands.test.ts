/** What operators may ask of an order, which rule forbids it, and what is kept of it. */
import {
  acknowledge,
  cancel,
  close,
  reconcile,
  release,
  reopened,
  retryEmission,
  skipEmission,
  unusableSkip,
  unusable,
  wordless,
  type CloseDecision,
  type OperatorCommand,
} from '../../../src/domain/operator/operator-commands';
import { attentionsOf } from '../../../src/domain/operator/attentions';
import { noEmission } from '../../../src/domain/outbox/outbox';
import { overtakenBy } from '../../../src/domain/outbox/overtaken-by';
import { viewOf } from '../../../src/domain/views/order-view';
import type { OrderEventTopic } from '../../../src/domain/order-event/topic';
import { isOver } from '../../../src/domain/order/transitions';
import { timelineOf } from '../../../src/domain/views/timeline';
import { at, frozen, facts, order, portfolioOrder } from '../samples';
import { allAccepted, placedState, T } from '../order/waiting';
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

const all = { cancel, reconcile, acknowledge, release, retryEmission, skipEmission, close } as Record<
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
  skipEmission: [
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
    skipEmission: refused,
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
  expect(decided).toBe('Resending PROCESSING; Building FILLED anew.');
  expect(after.emission).toMatchObject({
    refused: [],
    inFlight: [{ status: 'SETTLED', id: '3', body: 'three' }],
    retryQueue: [{ status: 'PROCESSING', id: '1', body: 'one' }],
    outbox: [{ status: 'FILLED', isRetried: true }],
  });
});

describe('skip-emission (14.21)', () => {
  test('leaves out what is named, built or not, for good', () => {
    const decision = { ...ada, events: ['FILLED'] };
    const { state: after, decided } = skipEmission.apply(refused, decision, T);
    expect(decided).toBe('ESW will not get FILLED.');
    expect(after.emission).toMatchObject({
      refused: [{ status: 'PROCESSING', id: '1' }],
      skipped: [{ status: 'FILLED', refusal: { message: 'too many digits' } }],
      outbox: [],
      retryQueue: [],
    });
    expect(viewOf(after).fulfillment).toMatchObject({
      refused: [{ name: 'PROCESSING' }],
      skipped: [{ status: 'FILLED' }],
    });
    expect(skipEmission.forbidden(after, decision)).toMatch('no rejected event FILLED');
  });

  test('without names leaves out all, keeps their refusals in the timeline, and lets the order end', () => {
    const accepted = allAccepted(settled);
    const one = { ...accepted, emission: { ...accepted.emission, refused: refused.emission.refused } };
    expect(isOver(one)).toBe(false);
    const { state: after } = skipEmission.apply(frozen(one), ada, T);
    expect(isOver(after)).toBe(true);
    expect(skipEmission.forbidden(after, ada)).toMatch('ESW has rejected nothing');
    const texts = timelineOf(after).map(({ text }) => text);
    expect(texts).toContain('ESW rejected PROCESSING: no');
    expect(texts).toContain('FILLED could not be built: too many digits');
    expect(texts).toContain('Left out, so that ESW never gets it: PROCESSING, FILLED');
  });

  test('takes names as a list only', () => {
    expect(unusableSkip({ ...ada, events: ['FILLED'] })).toBeUndefined();
    expect(unusableSkip(ada)).toBeUndefined();
    for (const events of [[], 'FILLED', [1]] as unknown[])
      expect(unusableSkip({ ...ada, events: events as string[] })).toMatch('list of names');
  });
});

test('before a rejected event is sent again, its attention says what it would arrive after (14.21)', () => {
  const advice = (one: OrderState) =>
    attentionsOf(one).flatMap(({ code, advice: text }) => (code === 'EMISSION_REFUSED' ? [text] : []));
  const [inOrder, unbuilt] = advice(refused);
  expect(inOrder).toBe(
    'Fix the cause and resend it with retry-emission, or leave it out with skip-emission.',
  );
  expect(unbuilt).toMatch(/^Fix the cause and build and send it with/);
  const overtaken = {
    ...refused,
    emission: { ...refused.emission, accepted: [{ status: 'SETTLED' as const, id: '9', at: at(9) }] },
  };
  expect(advice(overtaken)).toEqual([
    expect.stringMatching(/^Sent now, it arrives after SETTLED, which ESW has\. /),
    expect.stringMatching(/^Sent now, it arrives after SETTLED, which ESW has\. /),
  ]);
  expect(viewOf(overtaken).fulfillment.refused).toMatchObject([
    { name: 'PROCESSING', arrivesAfter: 'SETTLED' },
    { name: 'FILLED', arrivesAfter: 'SETTLED' },
  ]);
});

test.each<[string, OrderEventTopic, OrderEventTopic, boolean]>([
  ['a later status of the same order', { status: 'NEW' }, { status: 'FILLED' }, true],
  ['an earlier one', { status: 'FILLED' }, { status: 'NEW' }, false],
  ['a child of an order whose NEW is missing', { status: 'NEW' }, { status: 'NEW', orderId: '1' }, true],
  ['the SETTLED of the whole', { status: 'NEW', orderId: '1' }, { status: 'SETTLED' }, true],
  [
    'its FILLED, before which an execution need not settle',
    { status: 'SETTLED', orderId: '1', executionId: '2' },
    { status: 'FILLED' },
    false,
  ],
  [
    'its FILLED, before which it is filled',
    { status: 'FILLED', orderId: '1', executionId: '2' },
    { status: 'FILLED' },
    true,
  ],
  ['a cancel, which waits for no child', { status: 'FILLED', orderId: '1' }, { status: 'CANCELLED' }, false],
  ['another child', { status: 'NEW', orderId: '1' }, { status: 'FILLED', orderId: '2' }, false],
])('%s is noticed as overtaking where it is (14.21)', (_what, event, later, expected) => {
  const accepted = [{ ...later, id: '1', at: at(1) }];
  expect(overtakenBy({ ...noEmission('executions'), accepted }, event) !== undefined).toBe(expected);
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
  const { revision: _, ...older } = refused;
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
