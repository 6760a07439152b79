/**
 * Thirty orders with an event for each status of each child and execution, while ESW fails a third of all calls before
 * and after their effect, is away for some seconds, and the worker process dies in the midst of sending: at the end ESW
 * has exactly the events that the broker's truth asks for, each once, with one body, in order.
 *
 * No webhook is lost here, so no status may be missing: what comes out of order comes within the grace time. Where
 * webhooks are lost, statuses that nobody saw are missing lawfully; `emission-losses.test.ts` is about that.
 *
 * Takes about a minute: the engine notices a dead worker by a time-out of 15 s. `EMISSION_SEED=<number>` makes other
 * faults, and another order of the same orders.
 */
import { z } from 'zod';
import type { Stack } from '../../src/cli/dev-stack';
import { policiesOf, policyVariables } from '../../src/policy-config';
import type { StoredEvent } from '../../src/simulator/esw';
import { endsOf, expectOfEach, seedOf, startAll, type EndedOrder } from '../support/emission-ends';
import { toldOrders } from '../support/emission-orders';
import {
  changedIds,
  eventsOfFamily,
  executionsToldFirst,
  expectedEvents,
  findingsAbout,
  lastSumsAtEsw,
  sumsAtBroker,
  told,
} from '../support/emission-truth';
import { startTestStack, until } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import { workerProcesses } from '../support/worker-process';

const SEED = seedOf('EMISSION_SEED', 20_261_101);
const LIMIT_MS = 180_000;
const LIVES_MS = 150_000;
const OUTAGE_MS = 3_000;
/** ESW has so many events when it goes away. */
const BEFORE_THE_OUTAGE = 60;

/** Graces that a busy machine does not reach. Deadlines are far off: nothing is lost, so nobody has to ask. */
const POLICIES = { POLICY_PLACED_GRACE: '3s', POLICY_PREDECESSOR_GRACE: '5s', POLICY_QUIET: '500ms' };
const PACE = {
  processAfterMs: 300,
  childSpacingMs: 30,
  fillAfterMs: 200,
  settleAfterMs: 1_000,
  settledAheadMs: 300,
  cancelAfterMs: 100,
  secondMs: 50,
};

describe(`with the seed ${SEED}`, () => {
  let stack: Stack;
  let workers: Awaited<ReturnType<typeof workerProcesses>>;
  let orders: EndedOrder[];
  /** Of the event whose answer the dead worker was waiting for. */
  let orphan: string | undefined;

  beforeAll(async () => {
    const { deadlines, ...policies } = policiesOf(z.object(policyVariables).parse(POLICIES));
    stack = await startTestStack({
      eventDetail: 'executions',
      policies,
      deadlines,
      upvest: { pace: PACE, children: 3 },
    });
    await stack.stopWorker();
    workers = await workerProcesses(stack, { ...POLICIES, ESW_EVENT_DETAIL: 'executions' });
    orders = await live();
  }, LIMIT_MS);
  afterAll(async () => {
    stack.esw.control.clearFaults();
    await workers.stopAll();
    await stack.stop();
    await closeTemporal();
  });

  async function live(): Promise<EndedOrder[]> {
    const { control } = stack.esw;
    const begun = Date.now();
    const worker = await workers.start();
    control.disturbEvents({ seed: SEED, failBefore: 0.3, failAfter: 0.1 });
    // One event is taken and never answered, as long as the worker lives.
    control.addFault({ kind: 'delay', delayMs: LIMIT_MS, match: { transactionType: 'OrderSettled' } });
    const inFuture = new Date(begun + 2 * 86_400_000).toISOString().slice(0, 10);
    const { started, cancelled } = await startAll(stack, toldOrders(SEED), inFuture);
    await until('some events', () => control.counts().accepted >= BEFORE_THE_OUTAGE);
    control.setOutage('unavailable');
    const back = Date.now() + OUTAGE_MS;
    await until('the end of the outage', () => Date.now() > back);
    control.setOutage(undefined);
    orphan = await until('the event without an answer', () => firstSettled()?.body.id);
    await worker.kill('SIGKILL');
    await workers.start();
    await cancelled;
    return endsOf(stack, started, LIVES_MS - (Date.now() - begun));
  }

  function firstSettled(): StoredEvent | undefined {
    return stack.esw.control.events().find(({ body }) => body.lastTransaction?.type === 'OrderSettled');
  }

  it('ESW has each event that the broker’s truth asks for, once, and no other', () => {
    expect(orders).toHaveLength(30);
    expectOfEach(orders, ({ order, ends }) => ({ is: order.status, expected: ends }));
    expectOfEach(orders, (order) => {
      const expected = expectedEvents(stack, order, 'executions');
      return { is: told(eventsOfFamily(stack, order), expected), expected: [...expected.values()].sort() };
    });
    const families = orders.flatMap((order) => eventsOfFamily(stack, order));
    expect(stack.esw.control.events()).toHaveLength(families.length);
  });

  it('each came with one set of bytes, however often it came, and none was refused', () => {
    expect(changedIds(stack)).toEqual([]);
    expect(stack.esw.control.counts()).toMatchObject({ conflicting: 0, rejected: 0 });
    expectOfEach(orders, ({ order }) => ({ is: order.fulfillment.refused, expected: [] }));
    expectOfEach(orders, ({ order }) => ({
      is: order.attention.filter((code) => code.startsWith('EMISSION')),
      expected: [],
    }));
  });

  it('in an order that a correct emitter keeps, as far as the broker keeps it', () => {
    // Times go back where the broker dates an execution before the order that it belongs to, and only there.
    const byBroker = orders.flatMap((order) => executionsToldFirst(stack, order));
    const ours = stack.esw.control
      .audit()
      .filter(({ code, id = '' }) => code !== 'creation-time-went-backwards' || !byBroker.includes(id));
    expectOfEach(orders, (order) => ({ is: findingsAbout(order, ours), expected: [] }));
    expect(ours).toEqual([]);
  });

  it('the last event of each order, and of each child, sums up what the broker did', () => {
    expectOfEach(orders, (order) => {
      const { whole, children } = sumsAtBroker(stack, order);
      const told = Object.keys(children).map((id) => [id, lastSumsAtEsw(stack, id)]);
      return {
        is: { whole: lastSumsAtEsw(stack, order.name), children: Object.fromEntries(told) as unknown },
        expected: { whole, children },
      };
    });
  });

  it('although many calls failed, and the worker died in the midst of one', () => {
    const { accepted, replayed, dropped, faulted } = stack.esw.control.counts();
    const calls = accepted + replayed + faulted;
    expect(faulted).toBeGreaterThan(calls / 5);
    expect(dropped).toBeGreaterThan(calls / 30);
    const [event] = stack.esw.control.events({ id: orphan });
    expect(event?.replays).toBeGreaterThan(0);
  });
});
