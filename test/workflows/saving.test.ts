/** How an order's workflow saves the order in the records database: with its events, by calls of its own, and at its end. */
import { ApplicationFailure } from '@temporalio/activity';
import { decodeState } from '../../src/domain/order-state/state-codec';
import { withResults } from '../../src/domain/order/emission';
import { isDone, isOver } from '../../src/domain/order/transitions';
import { asArchived } from '../../src/domain/records/saving';
import { ORDER_STATE_BEHIND, type RecordSave } from '../../contracts/activities';
import type { OrderState } from '../../src/domain/order-state/state';
import type { OrderUnderTest } from '../support/order-under-test';
import { processedToSettled, stages } from '../support/observations';
import { EVERY_STATE, expectEachOnceSent } from '../support/stub-esw';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { expectSettled, placeOrder, showing } from '../support/tracked-order';
import { until } from '../support/until';
import { acknowledgeUpdate, brokerEventsSignal, reconcileUpdate } from '../../contracts/portfolio-order';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

/** All saves in order of their versions: those of batches, and those of calls of their own. */
function savesOf(order: OrderUnderTest): RecordSave[] {
  const own = order.calls('saveRecord').map(({ input }) => input.compressible);
  const ofBatches = order.calls('emitOrderEvents').flatMap(({ save }) => save?.compressible ?? []);
  return [...own, ...ofBatches].sort((a, b) => a.version - b.version);
}

const away = (): never => {
  throw ApplicationFailure.nonRetryable('The records database is away');
};

it('saves the bytes of each event before it is sent, and ends with the record that it returns', async () => {
  const tracked = await placeOrder(worker);
  const { order } = tracked;
  await order.deliver(...processedToSettled(tracked.broker));
  await expectSettled(tracked);
  for (const { input, save } of order.calls('emitOrderEvents')) {
    if (save === undefined) throw new Error('A batch without a save');
    const { state } = save.compressible;
    expect(state.emission.inFlight.map(({ id, body }) => ({ id, body }))).toEqual(
      input.events.map(({ id, body }) => ({ id, body })),
    );
  }
  const { state, finishedAt } = await order.handle.result();
  const [last, ...others] = savesOf(order).reverse();
  if (last === undefined) throw new Error('Nothing was saved');
  expect(last.finishedAt).toBe(finishedAt);
  expect(others.some((save) => save.finishedAt !== undefined)).toBe(false);
  expect(last.state).toEqual(JSON.parse(JSON.stringify(decodeState(state))));
  expect(isOver(last.state)).toBe(true);
});

it('ends with the final record that the last batch stored with ESW’s answers, without a call of its own', async () => {
  const tracked = await placeOrder(worker);
  const { order } = tracked;
  const stored: OrderState[] = [];
  order.script('emitOrderEvents', ({ events }, save) => {
    if (save?.compressible.mayFinish !== true) throw new Error('A batch that may not finish the order');
    const results = events.map(({ id }) => ({ id, outcome: 'accepted' as const }));
    const answeredAt = Date.now();
    const answered = withResults(save.compressible.state, results, answeredAt);
    const answer = { results, savedBefore: true, savedAfter: true, answeredAt };
    if (!isDone(answered)) return answer;
    const archivedAt = new Date(answeredAt + 1).toISOString();
    stored.push(asArchived(answered, archivedAt));
    return { ...answer, archivedAt };
  });
  await order.deliver(...processedToSettled(tracked.broker));
  await expectSettled(tracked);
  const { state, finishedAt } = await order.handle.result();
  expect(order.calls('saveRecord')).toEqual([]);
  expect(stored).toEqual([JSON.parse(JSON.stringify(decodeState(state)))]);
  expect(stored[0]?.saving?.archivedAt).toBe(finishedAt);
});

it('takes a report that came with the last answers, and stores the final record again', async () => {
  const tracked = await placeOrder(worker);
  const { order, broker } = tracked;
  order.script('emitOrderEvents', async ({ events }, save) => {
    const results = events.map(({ id }) => ({ id, outcome: 'accepted' as const }));
    const answeredAt = Date.now();
    const answer = { results, savedBefore: true, savedAfter: true, answeredAt };
    if (save === undefined || !isDone(withResults(save.compressible.state, results, answeredAt)))
      return answer;
    const [settled] = processedToSettled(broker).slice(-1);
    if (settled?.subject !== 'portfolio-order') throw new Error('The last report is the end');
    const later = new Date(Date.parse(settled.at) + 60_000).toISOString();
    await order.deliver({ ...settled, at: later, updatedAt: later, cancellationDetails: 'a late text' });
    return { ...answer, archivedAt: new Date(answeredAt).toISOString() };
  });
  await order.deliver(...processedToSettled(broker));
  await expectSettled(tracked);
  const { state } = await order.handle.result();
  expect(decodeState(state).record.cancellationDetails).toBe('a late text');
  const final = order.calls('saveRecord').flatMap(({ input }) => input.compressible.finishedAt ?? []);
  expect(final).toHaveLength(1);
});

it('uses each version once, each above what the one before used', async () => {
  const tracked = await placeOrder(worker);
  const { order } = tracked;
  await order.viewWhen('NEW at ESW', ({ fulfillment }) => fulfillment.accepted.length === 1);
  await order.deliver(...processedToSettled(tracked.broker));
  await expectSettled(tracked);
  const saves = savesOf(order);
  expect(saves.length).toBeGreaterThan(2);
  for (const [index, { version, basedOn }] of saves.entries()) {
    expect(version).toBeGreaterThan(basedOn);
    const before = saves[index - 1];
    if (before !== undefined) expect(basedOn).toBeGreaterThanOrEqual(before.version);
  }
});

it('saves a decision within seconds, although nothing is emitted', async () => {
  const { order } = await placeOrder(worker);
  await order.viewWhen('NEW at ESW', ({ fulfillment }) => fulfillment.accepted.length === 1);
  await order.handle.signal(brokerEventsSignal, 'no list' as never);
  await order.viewWhen('the attention', ({ attention }) => attention.length > 0);
  await order.decide(acknowledgeUpdate);
  const decided = await until('the save', () => {
    const saves = order.calls('saveRecord').map(({ input }) => input.compressible.state);
    return Promise.resolve(saves.find(({ auditLog }) => auditLog.some(({ actor }) => actor === 'ada')));
  });
  expect(decided.acknowledged).toHaveLength(1);
});

it('goes on while the database is away, and ends once its final record is stored', async () => {
  const tracked = await placeOrder(worker);
  const { order, broker, reference } = tracked;
  let isAway = true;
  order.script('saveRecord', () => (isAway ? away() : undefined));
  order.script('emitOrderEvents', ({ events }) => ({
    results: events.map(({ id }) => ({ id, outcome: 'accepted' as const })),
    savedBefore: !isAway,
    savedAfter: !isAway,
    answeredAt: Date.now(),
  }));
  await order.deliver(...processedToSettled(broker));
  const waiting = await order.viewWhen(
    'all events at ESW',
    ({ status, fulfillment, troubles = [] }) =>
      status === 'SETTLED' && fulfillment.pending.length === 0 && troubles.length > 0,
  );
  expect(waiting).toMatchObject({ finished: false, troubles: [{ kind: 'records' }] });
  expect(waiting.waitingFor).toMatch(
    /^The records database to store the final record\. The records database has not/,
  );
  expectEachOnceSent(order, reference, EVERY_STATE);

  isAway = false;
  await expectSettled(tracked);
  const last = savesOf(order).at(-1);
  if (last === undefined) throw new Error('Nothing was saved');
  const { state, events } = last;
  expect(state.troubles).toBeUndefined();
  // The bytes of all that was sent, also of what the state only knows by id.
  const sent = order.sent().map(({ id, bytes }) => ({ id, body: bytes }));
  const stored = new Map(
    [...events, ...savesOf(order).flatMap((save) => save.state.emission.inFlight)].map((event) => [
      event.id,
      event.body,
    ]),
  );
  for (const { id, body } of sent) expect(stored.get(id)).toBe(body);
  expect(events.length).toBeGreaterThan(0);
});

it('behind a later save it sends nothing, takes the saved state and goes on from there', async () => {
  const tracked = await placeOrder(worker);
  const { order, broker, reference } = tracked;
  await order.viewWhen('NEW at ESW', ({ fulfillment }) => fulfillment.accepted.length === 1);
  await order.deliver(...stages(broker).PROCESSING);
  await order.viewWhen('PROCESSING at ESW', ({ fulfillment }) => fulfillment.accepted.length === 2);
  const later = await until('the state with its answers', async () => {
    const state = await order.handle.query<OrderState>('state');
    return state.emission.inFlight.length === 0 ? state : undefined;
  });
  // As if this run had been restored from a copy that is older than its last save.
  order.script('findPredecessorRun', () => ({ kind: 'found', state: { ...later, run: 7 } }));
  let isBehind = true;
  const refusals: number[] = [];
  order.script('saveRecord', () => {
    if (!isBehind) return;
    isBehind = false;
    refusals.push(Date.now());
    throw ApplicationFailure.nonRetryable('behind', ORDER_STATE_BEHIND);
  });
  showing(tracked, 'PROCESSING');
  await order.decide(reconcileUpdate);
  await order.viewWhen('the recovered run', ({ run }) => run === 8);
  expect(refusals).toHaveLength(1);
  await order.deliver(...stages(broker).FILLED, ...stages(broker).SETTLED);
  await expectSettled(tracked);
  expectEachOnceSent(order, reference, EVERY_STATE);
});
