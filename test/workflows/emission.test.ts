/**
 * One batch of OrderEvents at a time: events in flight keep their bytes and go before newer ones, whatever the result
 * of a call, and an event that ESW rejects does not block others (references/esw.md#order-of-events).
 */
import { ApplicationFailure, Context, heartbeat } from '@temporalio/activity';
import { decodeState } from '../../src/domain/order-state/state-codec';
import {
  heldUp,
  idsOf,
  inTurn,
  placeAndEmit,
  refuseAll,
  sentBefore,
  type EmitScript,
} from '../support/emission-under-test';
import { pendingActivities, setTimeOut } from '../support/engine-waits';
import { type OrderUnderTest } from '../support/order-under-test';
import { until } from '../support/until';
import { EVERY_STATE } from '../support/stub-esw';
import { eswLedger } from '../support/esw-ledger';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { closeUpdate, stateQuery, retryEmissionUpdate } from '../../contracts/portfolio-order';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

describe('while a batch is in flight', () => {
  it('the order is tracked to its end, and events that become due meanwhile go in one further call', async () => {
    const esw = eswLedger();
    const answer = heldUp(esw.accept);
    const { order, state, calls, eventCount, ...emission } = await placeAndEmit(worker, {
      esw,
      emits: inTurn(esw, answer.script),
    });
    await order.deliver(...state);
    const settled = await emission.tracked();
    expect(settled.finished).toBe(false);
    expect(settled.fulfillment).toEqual({
      accepted: [],
      pending: ['NEW', 'PROCESSING', 'FILLED', 'SETTLED'],
      children: { accepted: 0, pending: 3 * settled.orders.length },
      refused: [],
    });
    expect(settled.waitingFor).toContain('ESW');
    expect(settled.attention).toEqual([]);
    expect(calls()).toHaveLength(1);

    answer.release();
    await emission.expectAllAtEsw();
    expect(calls().map((call) => idsOf(call).length)).toEqual([1, eventCount - 1]);
    expect(calls().flatMap(sentBefore)).not.toContain(true);
  });

  it('an order that an operator closes still files the answer, and sends nothing else', async () => {
    const esw = eswLedger();
    const answer = heldUp(esw.accept);
    const { order, state, calls, ...emission } = await placeAndEmit(worker, {
      esw,
      emits: inTurn(esw, answer.script),
    });
    await order.deliver(...state);
    await emission.tracked();
    await order.decide(closeUpdate, { evidence: 'ticket 4711' });
    expect(await order.view()).toMatchObject({
      finished: false,
      waitingFor: 'ESW to answer for NEW, sent before the order was closed.',
      fulfillment: { accepted: [] },
    });
    expect((await order.handle.describe()).status.name).toBe('RUNNING');

    answer.release();
    expect((await order.handle.result()).outcome).toBe('SETTLED');
    const { fulfillment, finished } = await order.view();
    expect(finished).toBe(true);
    expect(fulfillment.accepted.map(({ status }) => status)).toEqual(['NEW']);
    expect(calls()).toHaveLength(1);
  });
});

describe('a call that ends without an answer for some of its events', () => {
  it('is followed by a call with the remaining events, unchanged, before newer ones', async () => {
    const esw = eswLedger();
    const answer = heldUp(({ events }) => events.slice(0, 3).map(esw.take));
    const { order, state, calls, ...emission } = await placeAndEmit(worker, {
      esw,
      emits: inTurn(esw, esw.accept, answer.script),
    });
    const last = state.slice(-1);
    await order.deliver(...state.slice(0, -1));
    await until('the batch', () => calls().length === 2);
    await order.deliver(...last);
    await emission.tracked();
    answer.release();
    await emission.expectAllAtEsw();

    const [, first, rest, newer] = calls();
    if (!first || !rest || !newer) throw new Error('There are fewer calls than that.');
    expect(rest.input.events).toEqual(
      first.input.events.slice(3).map((event) => ({ ...event, sentBefore: true })),
    );
    expect(newer.input.events).toHaveLength(1);
    expect(sentBefore(newer)).toEqual([false]);
    expect(calls()).toHaveLength(4);
    expect(esw.counts().replayed).toBe(0);
  });

  it('is retried by Temporal with the same batch while it fails', async () => {
    const away = (): never => {
      throw ApplicationFailure.create({ type: 'FULFILLMENT_RETRY', message: 'ESW answered 503' });
    };
    const esw = eswLedger();
    const { order, state, calls, ...emission } = await placeAndEmit(worker, {
      esw,
      emits: inTurn(esw, away, away),
    });
    await order.deliver(...state);
    await emission.expectAllAtEsw();
    const [first, second, third] = calls();
    expect([first, second, third].map((call) => call?.attempt)).toEqual([1, 2, 3]);
    expect(second?.input).toEqual(first?.input);
    expect(third?.input).toEqual(first?.input);
  });

  it.each([
    ['no heartbeat', 0],
    ['a heartbeat that had the answers to two events', 2],
  ])('because of its timeout, with %s: continues after those answers', async (_what, answered) => {
    const esw = eswLedger();
    const silent: EmitScript = ({ events }) => {
      if (answered > 0) heartbeat(events.slice(0, answered).map(esw.take));
      return Context.current().cancelled;
    };
    const { order, state, calls, ...emission } = await placeAndEmit(worker, {
      esw,
      emits: inTurn(esw, esw.accept, silent),
    });
    await order.deliver(...state);
    await until('the call', () => calls().length === 2);
    await endTimeOfCall(order, answered);
    if (answered === 0) {
      // Nothing got through: the next call waits for its pause, or for an operator.
      await order.viewWhen('the trouble', ({ troubles }) => troubles?.[0]?.kind === 'esw');
      await order.decide(retryEmissionUpdate);
    }
    await emission.expectAllAtEsw();
    const [, first, again] = calls();
    expect(first?.input.events).toHaveLength(emission.eventCount - 1);
    expect(again?.input.events).toEqual(
      first?.input.events.slice(answered).map((event) => ({ ...event, sentBefore: true })),
    );
    expect(calls()).toHaveLength(3);
    expect(esw.counts().replayed).toBe(0);
  });

  /** Shortens the ten-minute limit of the running call to one second, as soon as the server has its heartbeat. */
  async function endTimeOfCall({ workflowId }: OrderUnderTest, answered: number): Promise<void> {
    await until('the heartbeat', async () => {
      const [call] = await pendingActivities(worker.client, workflowId);
      return answered === 0 || call?.heartbeatDetails;
    });
    const call = { workflowId, type: 'emitOrderEvents' };
    await setTimeOut(worker.client, call, 'scheduleToCloseTimeout', '1s');
  }
});

describe('an event that ESW rejects', () => {
  it('of a child is kept with body and answer, blocks no other event, and is resent unchanged', async () => {
    const { order, state, esw, calls, reference, broker, ...emission } = await placeAndEmit(worker);
    const [child] = broker.children;
    const isRefused = (text: string): boolean => {
      const { brandOrderReference, lastTransaction } = JSON.parse(text) as Record<string, unknown>;
      return brandOrderReference === child?.id && JSON.stringify(lastTransaction).includes('OrderConfirmed');
    };
    const refusal = { status: 400, message: 'ESW answered 400', correlationId: 'trace-1' };
    order.script('emitOrderEvents', ({ events }) =>
      events.map((event) =>
        isRefused(event.body) ? { id: event.id, outcome: 'refused', refusal } : esw.take(event),
      ),
    );
    await order.deliver(...state);
    const parked = await order.viewWhen('the rejection, and all other events', ({ fulfillment }) => {
      return fulfillment.accepted.length === 4 && fulfillment.children?.pending === 0;
    });
    expect(parked.finished).toBe(false);
    expect(parked.attention).toEqual(['EMISSION_REFUSED']);
    const [refused, ...others] = parked.fulfillment.refused;
    expect(others).toEqual([]);
    expect(refused).toMatchObject({ status: 'PROCESSING', orderId: child?.id, refusal });
    expect(esw.events()).toHaveLength(emission.eventCount - 1);
    const { emission: kept } = decodeState(await order.handle.query(stateQuery));
    const bytes = kept.refused[0]?.body;
    expect(JSON.parse(bytes ?? '')).toMatchObject({ id: refused?.id });

    const before = calls().length;
    order.script('emitOrderEvents', esw.accept);
    await order.decide(retryEmissionUpdate);
    expect((await order.handle.result()).outcome).toBe('SETTLED');
    const [again, ...more] = calls().slice(before);
    expect(more).toEqual([]);
    expect(again?.input.events).toMatchObject([{ id: refused?.id, body: bytes }]);
    expect(esw.receipts({ id: refused?.id ?? '' }).map((receipt) => receipt.bytes.toString())).toEqual([
      bytes,
    ]);
    expect(esw.events()).toHaveLength(emission.eventCount);
    expect(esw.events({ reference }).map(({ body }) => body.status)).toEqual(EVERY_STATE);
  });

  it('is one of fifty: nothing else is sent until an operator resends all of them', async () => {
    const children = 30;
    const { order, state, calls, ...emission } = await placeAndEmit(worker, { children, emits: refuseAll });
    // The portfolio order's PROCESSING, and NEW and PROCESSING of each child.
    const refusals = 2 + 2 * children;
    await order.deliver(...state.slice(0, 1 + 2 * children));
    await order.viewWhen('the rejections', ({ fulfillment }) => fulfillment.refused.length === refusals);
    const before = calls().length;
    await order.deliver(...state.slice(1 + 2 * children));
    const stopped = await emission.tracked();
    expect(stopped.attention).toEqual(['EMISSION_REFUSED', 'EMISSION_STOPPED']);
    expect(stopped.attentions[0]?.message).toBe(`No further events are sent: ESW rejected ${refusals}`);
    expect(stopped.fulfillment).toMatchObject({
      accepted: [],
      pending: ['FILLED', 'SETTLED'],
      children: { accepted: 0, pending: children },
    });
    expect(calls()).toHaveLength(before);

    order.script('emitOrderEvents', emission.esw.accept);
    await order.decide(retryEmissionUpdate);
    await emission.expectAllAtEsw();
    const refused = calls().slice(0, before).flatMap(idsOf);
    const [first] = calls().slice(before);
    expect(first && idsOf(first)).toEqual(refused);
  });
});
