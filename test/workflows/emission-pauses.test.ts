/**
 * Emission timers with their production values, in workflow time: pauses when ESW rejects everything, requests one or
 * does not answer, and the grace time of a status that arrived early (references/esw.md#answers,
 * #limits, #order-of-events).
 */
import { ApplicationFailure } from '@temporalio/activity';
import { EMISSION_BUSY, EMISSION_UNAUTHORISED } from '../../src/domain/order/emission-failure';
import type { Observation } from '../../src/domain/broker/observation';
import type { EmissionResult } from '../../src/domain/order/emission';
import type { PortfolioOrderView } from '../../src/domain/views/order-view';
import {
  inTurn,
  placeAndEmit,
  type EmissionUnderTest,
  type EmitScript,
} from '../support/emission-under-test';
import { showing } from '../support/tracked-order';
import type { OrderUnderTest } from '../support/order-under-test';
import { until } from '../support/until';
import { eswLedger } from '../support/esw-ledger';
import { startTimeSkipping, type TimeSkipping } from '../support/time-skipping';
import { closeTemporal } from '../support/temporal';
import { retryEmissionUpdate } from '../../contracts/portfolio-order';
import { searchAttributes } from '../../contracts/search-attributes';
import type { WorkflowHandle } from '@temporalio/client';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let time: TimeSkipping;
beforeAll(async () => {
  time = await startTimeSkipping();
});
afterAll(async () => {
  await time.stop();
  await closeTemporal();
});

function placed(emits: EmitScript, esw = eswLedger()): Promise<EmissionUnderTest> {
  return placeAndEmit(time.worker, { esw, emits, clock: time.clock, deadlines: { spreadMs: 0 } });
}

const refusal = { status: 403, message: 'ESW answered 403', correlationId: 'trace-1' };

/** The failure that the activity reports to the workflow. */
function left(
  type: string,
  more: { results?: EmissionResult[]; retryAfterMs?: number } = {},
): ApplicationFailure {
  const details = [{ results: [], refusal, ...more }];
  return ApplicationFailure.create({ type, message: refusal.message, nonRetryable: true, details });
}

const unauthorised: EmitScript = () => {
  throw left(EMISSION_UNAUTHORISED);
};

function busyFor(retryAfterMs: number): EmitScript {
  return () => {
    throw left(EMISSION_BUSY, { retryAfterMs });
  };
}

/** What lists and the status know of the partner that fails. */
const indexedTrouble = async (handle: WorkflowHandle): Promise<string> =>
  (await handle.describe()).typedSearchAttributes.get(searchAttributes.partnerTrouble)?.join() ?? '';

type Paused = NonNullable<PortfolioOrderView['fulfillment']['paused']>;

/** The pause that began after an earlier one. */
async function pauseAfter({ order }: EmissionUnderTest, before?: Paused): Promise<Paused> {
  const { fulfillment } = await order.viewWhen('another pause', ({ fulfillment: { paused } }) => {
    return paused !== undefined && paused.until !== before?.until;
  });
  if (fulfillment.paused === undefined) throw new Error('There is no pause.');
  return fulfillment.paused;
}

/** Passes the time of a pause, and checks that nothing is sent for most of it. */
async function expectCallAfter(ms: number, { calls }: EmissionUnderTest): Promise<void> {
  const before = calls().length;
  // The clock advances meanwhile, so the last fifth is not checked.
  await time.pass(0.8 * ms);
  expect(calls()).toHaveLength(before);
  await time.pass(0.2 * ms);
  await until('the next call', () => calls().length > before);
}

describe('when ESW rejects everything from this deployment', () => {
  it('it raises one attention, parks nothing, and retries when an operator requests it', async () => {
    const emission = await placed(unauthorised);
    const { order, state, calls, esw } = emission;
    await order.deliver(...state);
    await emission.tracked();
    const stopped = await order.viewWhen('the attention', ({ attention }) => attention.length > 0);
    expect(stopped.attentions).toMatchObject([
      { code: 'EMISSION_STOPPED', message: expect.stringContaining('ESW answered 403') as string },
    ]);
    expect(stopped.fulfillment).toMatchObject({ accepted: [], refused: [], paused: { why: 'unauthorised' } });
    expect(stopped.waitingFor).toContain('ESW');
    expect(calls()).toHaveLength(1);

    order.script('emitOrderEvents', esw.accept);
    await order.decide(retryEmissionUpdate);
    await emission.expectAllAtEsw();
    const [first, again] = calls();
    expect(again?.input.events).toEqual(first?.input.events.map((event) => ({ ...event, sentBefore: true })));
  });

  it('it retries after 1, 2, 4, 8, 15 and 15 minutes, and continues once ESW accepts events', async () => {
    const emission = await placed(unauthorised);
    const { order, state, esw } = emission;
    await order.deliver(...state);
    let pause: Paused | undefined;
    for (const minutes of [1, 2, 4, 8, 15, 15]) {
      pause = await pauseAfter(emission, pause);
      await expectCallAfter(minutes * MINUTE, emission);
    }
    const last = await pauseAfter(emission, pause);
    expect(last.since).toBe(pause?.since);
    order.script('emitOrderEvents', esw.accept);
    await time.pass('15m');
    await emission.expectAllAtEsw();
  });

  it('it files the answers that the call already had, and the remaining events keep their bytes', async () => {
    const esw = eswLedger();
    const emission = await placed(
      inTurn(esw, esw.accept, ({ events }) => {
        throw left(EMISSION_UNAUTHORISED, { results: events.slice(0, 3).map(esw.take) });
      }),
      esw,
    );
    const { order, state, calls } = emission;
    await order.deliver(...state);
    await pauseAfter(emission);
    const { fulfillment } = await order.view();
    expect(fulfillment.accepted.length + (fulfillment.children?.accepted ?? 0)).toBe(4);
    await expectCallAfter(MINUTE, emission);
    await emission.expectAllAtEsw();
    const [, stopped, rest] = calls();
    expect(rest?.input.events).toEqual(
      stopped?.input.events.slice(3).map((event) => ({ ...event, sentBefore: true })),
    );
    expect(esw.counts().replayed).toBe(0);
  });
});

describe('when ESW requests a pause', () => {
  it('of 90 seconds, the workflow waits on a timer, raises no attention, and then sends everything in order', async () => {
    const esw = eswLedger();
    const emission = await placed(inTurn(esw, busyFor(90 * SECOND)), esw);
    const { order, state } = emission;
    await order.deliver(...state);
    await emission.tracked();
    expect((await pauseAfter(emission)).why).toBe('busy');
    expect((await order.view()).attention).toEqual([]);
    expect(esw.events()).toEqual([]);
    await expectCallAfter(90 * SECOND, emission);
    await emission.expectAllAtEsw();
  });

  it('an operator can end it', async () => {
    const esw = eswLedger();
    const emission = await placed(inTurn(esw, busyFor(90 * SECOND)), esw);
    const { order, state } = emission;
    const paused = await pauseAfter(emission);
    expect(Date.parse(paused.until) - (await time.now())).toBeGreaterThan(60 * SECOND);
    await order.deliver(...state);
    await emission.tracked();
    expect(esw.events()).toEqual([]);
    await order.decide(retryEmissionUpdate);
    await emission.expectAllAtEsw();
  });

  it.each([
    ['an hour', 60 * MINUTE],
    ['a day, which is limited to an hour', 24 * 60 * MINUTE],
  ])('of %s', async (_what, asked) => {
    const esw = eswLedger();
    const emission = await placed(inTurn(esw, busyFor(asked)), esw);
    await emission.order.deliver(...emission.state);
    await pauseAfter(emission);
    await expectCallAfter(60 * MINUTE, emission);
    await emission.expectAllAtEsw();
  });
});

describe('when ESW does not answer', () => {
  it('the order says so within a minute, is flagged after 15, and the same bytes are sent until ESW answers (14.57)', async () => {
    let isAway = true;
    const esw = eswLedger();
    const emission = await placed((batch) => {
      if (!isAway) return esw.accept(batch);
      throw ApplicationFailure.create({ type: 'FULFILLMENT_RETRY', message: 'ESW answered 503' });
    }, esw);
    const { order, state, calls } = emission;
    await order.deliver(...state);
    await emission.tracked();
    await time.pass('40s');
    const failing = await order.viewWhen('the trouble', ({ troubles }) => troubles !== undefined);
    expect(failing.attention).toEqual([]);
    expect(failing.troubles).toMatchObject([{ kind: 'esw', attempts: 1, cause: 'ESW answered 503' }]);
    expect(failing.waitingFor).toMatch(
      /^ESW to accept NEW\D+.*\. ESW has taken no event since .*ESW answered 503; next attempt /,
    );
    expect(await indexedTrouble(order.handle)).toMatch(/^esw \S+Z ESW answered 503$/);
    await time.pass('14m');
    expect((await order.view()).attention).toEqual([]);
    await time.pass('1m');
    const delayed = await order.viewWhen('the attention', ({ attention }) => attention.length > 0);
    expect(delayed.attention).toEqual(['EMISSION_DELAYED']);
    const ofOneCall = [1, 2, 3, 4, 5];
    const { attempts = 0 } = delayed.troubles?.[0] ?? {};
    // The next call may be under way already.
    const ended = calls().slice(0, attempts * ofOneCall.length);
    expect(attempts).toBeGreaterThan(1);
    expect(ended.map(({ attempt }) => attempt)).toEqual(
      Array.from({ length: attempts }, () => ofOneCall).flat(),
    );
    isAway = false;
    await time.pass('7m');
    await emission.expectAllAtEsw();
    expect(await indexedTrouble(order.handle)).toBe('');
    const [first, again] = calls().filter(({ attempt }) => attempt === 1);
    expect(again?.input.events).toEqual(first?.input.events.map((event) => ({ ...event, sentBefore: true })));
    const delays = (await order.timeline()).filter(({ rule }) => rule === 'emission:delayed');
    expect(delays.map(({ text }) => text)).toEqual([
      'ESW did not answer: ESW answered 503',
      expect.stringMatching(/^ESW answers again, after \d attempts since /),
    ]);
  });

  it('an operator can have it tried at once (14.57)', async () => {
    const esw = eswLedger();
    const away: EmitScript = () => {
      throw ApplicationFailure.create({ type: 'FULFILLMENT_RETRY', message: 'ESW answered 503' });
    };
    const emission = await placed(inTurn(esw, away, away, away, away, away), esw);
    const { order, state } = emission;
    await order.deliver(...state);
    await emission.tracked();
    await time.pass('20s');
    await order.viewWhen('the trouble', ({ troubles }) => troubles !== undefined);
    await order.decide(retryEmissionUpdate);
    await emission.expectAllAtEsw();
  });
});

describe('FILLED of a portfolio order whose PROCESSING was never observed', () => {
  /** An order that has received all events except those of PROCESSING and SETTLED. */
  async function early(): Promise<EmissionUnderTest & { late: Observation[]; ends: Observation[] }> {
    const esw = eswLedger();
    const emission = await placed(esw.accept, esw);
    const { order, broker, state } = emission;
    showing(emission, 'FILLED');
    const [processing, ...rest] = state;
    const isSettled = ({ status }: Observation): boolean => status === 'SETTLED';
    await order.deliver(...rest.filter((one) => !isSettled(one)));
    await until('all events of the children', () => esw.events().length === 1 + 3 * broker.children.length);
    return { ...emission, late: processing ? [processing] : [], ends: rest.filter(isSettled) };
  }

  it('waits for PROCESSING, and follows it without a reconciliation', async () => {
    const emission = await early();
    const { order, esw, reference, late, ends } = emission;
    await time.pass('15s');
    expect(esw.events({ reference }).map(({ body }) => body.status)).toEqual(['Created']);
    await order.deliver(...late);
    await until('FILLED', () => esw.events({ reference }).length === 3);
    await order.deliver(...ends);
    await emission.expectAllAtEsw();
    expect(order.calls('readPortfolioOrder')).toEqual([]);
    expect(skippedStates(order)).toEqual([]);
  });

  it('goes out after 30 seconds and a reconciliation, and reports PROCESSING as skipped, which is never sent', async () => {
    const { order, esw, reference, late, ends } = await early();
    await time.pass('15s');
    expect(order.calls('readPortfolioOrder')).toEqual([]);
    await time.pass('30s');
    await until('FILLED', () => esw.events({ reference }).length === 2);
    expect(order.calls('readPortfolioOrder')).toHaveLength(1);
    await order.deliver(...late);
    await order.deliver(...ends);
    const { status } = await order.viewWhen('the end', ({ finished }) => finished);
    expect(status).toBe('SETTLED');
    expect(esw.events({ reference }).map(({ body }) => body.status)).toEqual([
      'Created',
      'Fulfilled',
      'Settled',
    ]);
    expect(skippedStates(order)).toEqual([['Fulfilled', 'PROCESSING']]);
    expect(esw.audit()).toEqual([]);
  });

  function skippedStates(order: OrderUnderTest): [string, string][] {
    return order.sent().flatMap(({ status, body }): [string, string][] => {
      const items = body.metadataItems as { name: string; value: string }[];
      const skipped = items.find(({ name }) => name === 'SkippedStates');
      return skipped === undefined ? [] : [[status, skipped.value]];
    });
  }
});
