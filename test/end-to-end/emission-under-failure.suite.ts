import type { Stack } from '../../demo/stack';
import type { StoredEvent } from '../../simulators/esw';
import { endsOf, expectOfEach, startAll, type EndedOrder } from '../support/emission-ends';
import { emissionOrders } from '../support/emission-orders';
import {
  changedIds,
  eventsOfFamily,
  executionsReportedFirst,
  expectedEvents,
  findingsAbout,
  lastSumsAtEsw,
  sumsAtBroker,
  eventNames,
} from '../support/emission-truth';
import { until } from '../support/stack';
import type { WorkerProcesses } from '../support/worker-process';

// After an outage an order pauses for up to five minutes before its next call.
const LIMIT_MS = 360_000;
const LIVES_MS = 150_000;

export interface EmissionRunOptions {
  seed: number;
  /** Number of orders, up to thirty. */
  orders: number;
  /** ESW becomes unavailable for this long once it has this many events. */
  outage: { after: number; ms: number };
}

/**
 * Orders with an event for each status of each child and execution, while ESW fails a third of all calls before and after
 * their effect, is unavailable for a while, and the worker process dies while sending: at the end ESW has exactly the
 * events that follow from the broker's state, each once, with one body, in order.
 *
 * No webhook is lost here, so no status may be missing: events out of order arrive within the grace time.
 * `emission-under-loss.suite.ts` covers lost webhooks, after which unobserved statuses may be missing.
 *
 * @param parts a stack with streams of executions, without orders and without a worker of its own
 */
export function emissionUnderFailureSuite(
  parts: () => { stack: Stack; workers: WorkerProcesses },
  { seed, orders: count, outage }: EmissionRunOptions,
): void {
  let orders: EndedOrder[];
  /** Id of the event whose answer the dead worker was waiting for. */
  let orphan: string | undefined;

  beforeAll(async () => {
    orders = await live();
  }, LIMIT_MS);

  async function live(): Promise<EndedOrder[]> {
    const { stack, workers } = parts();
    const { control } = stack.esw;
    const begun = Date.now();
    const worker = await workers.start();
    control.disturbEvents({ seed, failBefore: 0.3, failAfter: 0.1 });
    // ESW stores one event without answering it while the first worker runs.
    control.addFault({ kind: 'delay', delayMs: LIMIT_MS, match: { transactionType: 'OrderSettled' } });
    const inFuture = new Date(begun + 2 * 86_400_000).toISOString().slice(0, 10);
    const { started, cancelled } = await startAll(stack, emissionOrders(seed).slice(0, count), inFuture);
    await until('some events', () => control.counts().accepted >= outage.after);
    control.setOutage('unavailable');
    const back = Date.now() + outage.ms;
    await until('the end of the outage', () => Date.now() > back);
    control.setOutage(undefined);
    orphan = await until('the event without an answer', () => firstSettled()?.body.id);
    await worker.kill('SIGKILL');
    await workers.start();
    await cancelled;
    return endsOf(stack, started, LIVES_MS - (Date.now() - begun));
  }

  function firstSettled(): StoredEvent | undefined {
    const events = parts().stack.esw.control.events();
    return events.find(({ body }) => body.lastTransaction?.type === 'OrderSettled');
  }

  it('ESW has each event that follows from the broker’s state, once, and no other', () => {
    const { stack } = parts();
    expect(orders).toHaveLength(count);
    expectOfEach(orders, ({ order, ends }) => ({ is: order.status, expected: ends }));
    expectOfEach(orders, (order) => {
      const expected = expectedEvents(stack, order, 'executions');
      return {
        is: eventNames(eventsOfFamily(stack, order), expected),
        expected: [...expected.values()].sort(),
      };
    });
    const families = orders.flatMap((order) => eventsOfFamily(stack, order));
    expect(stack.esw.control.events()).toHaveLength(families.length);
  });

  it('each event came with one set of bytes, however often it came, and none was rejected', () => {
    const { stack } = parts();
    expect(changedIds(stack)).toEqual([]);
    expect(stack.esw.control.counts()).toMatchObject({ conflicting: 0, rejected: 0 });
    expectOfEach(orders, ({ order }) => ({ is: order.fulfillment.refused, expected: [] }));
    expectOfEach(orders, ({ order }) => ({
      is: order.attention.filter((code) => code.startsWith('EMISSION')),
      expected: [],
    }));
  });

  it('in the order of a correct emitter, as far as the broker keeps it', () => {
    const { stack } = parts();
    // Times go back where the broker dates an execution before the order that it belongs to, and only there.
    const byBroker = orders.flatMap((order) => executionsReportedFirst(stack, order));
    const ours = stack.esw.control
      .audit()
      .filter(({ code, id = '' }) => code !== 'creation-time-went-backwards' || !byBroker.includes(id));
    expectOfEach(orders, (order) => ({ is: findingsAbout(order, ours), expected: [] }));
    expect(ours).toEqual([]);
  });

  it('the last event of each order, and of each child, has the sums of the broker’s executions', () => {
    const { stack } = parts();
    expectOfEach(orders, (order) => {
      const { whole, children } = sumsAtBroker(stack, order);
      const sums = Object.keys(children).map((id) => [id, lastSumsAtEsw(stack, id)]);
      return {
        is: { whole: lastSumsAtEsw(stack, order.name), children: Object.fromEntries(sums) as unknown },
        expected: { whole, children },
      };
    });
  });

  it('although many calls failed, and the worker died during one', () => {
    const { control } = parts().stack.esw;
    const { accepted, replayed, dropped, faulted } = control.counts();
    const calls = accepted + replayed + faulted;
    expect(faulted).toBeGreaterThan(calls / 5);
    expect(dropped).toBeGreaterThan(calls / 30);
    const [event] = control.events({ id: orphan });
    expect(event?.replays).toBeGreaterThan(0);
  });
}
