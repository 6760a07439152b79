/** Emission pauses: a wrong tenant or credential raises one attention, a busy sink raises none. */
import { nextTimer } from '../../../src/domain/order/step';
import { attentionsOf } from '../../../src/domain/operator/attentions';
import { describe as describeState } from '../../../src/domain/views/web-ui-details';
import { retryEmission } from '../../../src/domain/operator/operator-commands';
import { hasEmissionWork, withBatch, withPause, withResults } from '../../../src/domain/order/emission';
import { viewOf } from '../../../src/domain/views/order-view';
import { frozen, portfolioOrder } from '../samples';
import { placedState, policies, T } from './waiting';
import type { OrderState } from '../../../src/domain/order-state/state';

const MINUTE = 60_000;
const refusal = { status: 403, message: 'the tenant is another one', correlationId: 'trace-7' };
const sending = frozen(
  withBatch(placedState(portfolioOrder('PROCESSING')), [{ status: 'NEW', id: 'e-1', body: '{}' }], 'R'),
);
const stopped = (state: OrderState, now: number): OrderState =>
  frozen(withPause(state, { why: 'unauthorised', refusal }, now));
const timer = (state: OrderState, now: number) => nextTimer(state, now, policies, { reconciling: true });

describe('ESW takes nothing from this deployment', () => {
  const paused = stopped(sending, T);

  test('nothing is parked or lost, and nothing is sent until the pause is over', () => {
    expect(paused.emission).toMatchObject({
      refused: [],
      inFlight: [{ id: 'e-1' }],
      outbox: [{ status: 'PROCESSING' }],
    });
    expect(hasEmissionWork(sending, T, policies)).toBe(true);
    expect(hasEmissionWork(paused, T + MINUTE - 1, policies)).toBe(false);
    expect(hasEmissionWork(paused, T + MINUTE, policies)).toBe(true);
  });

  test('the workflow wakes up for it, and not again while the attempt is under way', () => {
    expect(timer(paused, T)).toEqual({ at: T + MINUTE, why: 'emission:paused' });
    expect(timer(paused, T + MINUTE)?.why).not.toBe('emission:paused');
  });

  test('pauses double up to a quarter of an hour', () => {
    let state = paused;
    const lengths: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      const until = state.emission.pause?.until ?? 0;
      state = stopped(state, until);
      lengths.push(((state.emission.pause?.until ?? 0) - until) / MINUTE);
    }
    expect(lengths).toEqual([2, 4, 8, 15, 15, 15]);
  });

  test('there is one attention for all of it, which stays the same one', () => {
    const calls = attentionsOf(paused);
    expect(calls).toMatchObject([
      { code: 'EMISSION_STOPPED', message: expect.stringContaining(refusal.message) as string },
    ]);
    expect(attentionsOf(stopped(paused, T + MINUTE)).map(({ key }) => key)).toEqual(
      calls.map(({ key }) => key),
    );
  });

  test('it is in the audit log once, in the view, and in the Web UI details', () => {
    const twice = stopped(paused, T + MINUTE);
    expect(twice.auditLog.filter(({ rule }) => rule === 'emission:paused')).toHaveLength(1);
    const until = new Date(T + 3 * MINUTE).toISOString();
    expect(viewOf(twice).fulfillment.paused).toEqual({
      why: 'unauthorised',
      message: refusal.message,
      since: new Date(T).toISOString(),
      until,
    });
    expect(describeState(twice)).toContain(`paused until ${until.slice(0, 19)}Z`);
  });

  test('an answer ends it, no answer does not', () => {
    expect(withResults(paused, [], T + MINUTE).emission.pause).toEqual(paused.emission.pause);
    const answered = withResults(paused, [{ id: 'e-1', outcome: 'accepted' }], T + MINUTE);
    expect(answered.emission).not.toHaveProperty('pause');
    expect(attentionsOf(answered)).toEqual([]);
  });

  test('retry-emission ends it at once', () => {
    const ada = { actor: 'ada', reason: 'the secret was renewed' };
    expect(retryEmission.forbidden(sending, ada)).toMatch(/^operator:retry-emission: /);
    expect(retryEmission.forbidden(paused, ada)).toBeUndefined();
    const { state, decided } = retryEmission.apply(paused, ada, T + 1);
    expect(decided).toBe('Retrying ESW now.');
    expect(hasEmissionWork(state, T + 1, policies)).toBe(true);
    expect(state.emission.inFlight).toEqual(paused.emission.inFlight);
  });
});

describe('ESW asks for a pause', () => {
  const busy = (retryAfterMs: number): OrderState =>
    withPause(sending, { why: 'busy', refusal: { status: 429, message: 'slowly' }, retryAfterMs }, T);

  test('it gets it, at most an hour', () => {
    expect(busy(5 * MINUTE).emission.pause?.until).toBe(T + 5 * MINUTE);
    expect(busy(24 * 60 * MINUTE).emission.pause?.until).toBe(T + 60 * MINUTE);
  });

  test('it requires no operator action', () => {
    expect(attentionsOf(busy(5 * MINUTE))).toEqual([]);
  });
});
