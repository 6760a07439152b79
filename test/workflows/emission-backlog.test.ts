/**
 * Hundreds of pending OrderEvents: they go out in batches of at most 200 events and 160 KiB, each event once and in order,
 * and the payloads of calls and workflow runs stay small.
 */
import {
  heldUp,
  idsOf,
  inTurn,
  placeAndEmit,
  refuseAll,
  type EmitCall,
} from '../support/emission-under-test';
import { historyOfAllRuns, summarizeHistory } from '../support/history';
import { eswLedger } from '../support/esw-ledger';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { retryEmissionUpdate } from '../../contracts/portfolio-order';

const MOST_EVENTS = 200;
const MOST_BYTES = 160 * 1024;
const LARGEST_PAYLOAD = 512 * 1024;

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

const bytesOf = ({ input }: EmitCall): number =>
  input.events.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);

/** Each call keeps both bounds, and has no room for the first event of the next call. */
function expectFullBatches(calls: EmitCall[]): void {
  for (const [index, call] of calls.entries()) {
    expect(call.input.events.length).toBeLessThanOrEqual(MOST_EVENTS);
    expect(bytesOf(call)).toBeLessThanOrEqual(MOST_BYTES);
    const [next] = calls[index + 1]?.input.events ?? [];
    if (next === undefined) continue;
    const isFull =
      call.input.events.length === MOST_EVENTS || bytesOf(call) + Buffer.byteLength(next.body) > MOST_BYTES;
    expect(isFull).toBe(true);
  }
}

it('1003 events go out after an outage, in as few batches as the bounds allow', async () => {
  const esw = eswLedger();
  const answer = heldUp(esw.accept);
  const { order, calls, eventCount, ...emission } = await placeAndEmit(worker, {
    children: 333,
    esw,
    emits: inTurn(esw, answer.script),
  });
  // Four events of the portfolio order, and three of each child.
  expect(eventCount).toBe(1003);
  await order.deliver(...emission.state);
  const { fulfillment } = await emission.tracked();
  expect(fulfillment.pending.length + (fulfillment.children?.pending ?? 0)).toBe(1003);
  expect(calls()).toHaveLength(1);

  answer.release();
  const view = await emission.expectAllAtEsw();
  expect(view.fulfillment.children).toEqual({ accepted: 999, pending: 0 });
  const ids = calls().flatMap(idsOf);
  expect(ids).toHaveLength(1003);
  expect(new Set(ids).size).toBe(1003);
  expectFullBatches(calls().slice(1));

  const history = await historyOfAllRuns(worker.client, order.workflowId);
  const { largestEvent, activities } = summarizeHistory(history);
  expect(largestEvent).toBeLessThan(LARGEST_PAYLOAD);
  // More than one call, and far fewer than one for each event.
  const made = activities.filter((name) => name === 'emitOrderEvents').length;
  expect(made).toBeGreaterThanOrEqual(1003 / 200);
  expect(made).toBeLessThan(1003 / 10);
});

it('events that an operator resends after a rejection go out in full batches, too, with unchanged bytes', async () => {
  const { order, calls, state, ...emission } = await placeAndEmit(worker, { children: 60, emits: refuseAll });
  const first = 22;
  await order.deliver(...state.slice(0, first - 1));
  const refusals = (count: number) =>
    order.viewWhen('the rejections', ({ fulfillment }) => fulfillment.refused.length >= count);
  await refusals(first);
  await order.deliver(...state.slice(first - 1));
  // A full batch plus some rejected events: more than one call may carry.
  await refusals(first + 50);
  await emission.tracked();
  const bytesIn = (some: EmitCall[]) =>
    some.flatMap(({ input }) => input.events.map(({ id, body }) => ({ id, body })));
  const refused = bytesIn(calls());
  const callsBefore = calls().length;

  order.script('emitOrderEvents', emission.esw.accept);
  await order.decide(retryEmissionUpdate);
  await emission.expectAllAtEsw();
  const again = calls()
    .slice(callsBefore)
    .filter(({ input }) => input.events.some(({ id }) => refused.some((one) => one.id === id)));
  expect(bytesIn(again)).toEqual(refused);
  expect(again).toHaveLength(2);
  expectFullBatches(again);
});
