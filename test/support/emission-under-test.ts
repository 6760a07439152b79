/** The emission of one placed order with stub activities: the broker's reports, and checks that ESW gets all events. */
import { randomUUID } from 'node:crypto';
import type { Observation } from '../../src/domain/broker/observation';
import type { PortfolioOrderView } from '../../src/domain/views/order-view';
import { eswLedger, type EswLedger } from './esw-ledger';
import { processedToSettled, settledOutcome } from './observations';
import type { EventAtEsw } from './order-under-test';
import { recordOf } from './recorded-outcome';
import { held, type Call, type Script } from './stub-activities';
import { EVERY_STATE } from './stub-esw';
import type { StubWorker } from './stub-worker';
import { until } from './until';
import { placeOrder, type TrackedOptions, type TrackedOrder } from './tracked-order';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

export type EmitScript = Script<'emitOrderEvents'>;
export type EmitCall = Call<'emitOrderEvents'>;

export interface EmissionUnderTest extends TrackedOrder {
  /** The stubbed ESW. */
  esw: EswLedger;
  /** Total number of events of the order and its children. */
  eventCount: number;
  /** The broker's reports after the placement. */
  state: Observation[];
  /** Calls of `emitOrderEvents`, oldest first; each attempt is one. */
  calls: () => EmitCall[];
  /** View once the order is settled by its record, whatever ESW has accepted. */
  tracked: () => Promise<PortfolioOrderView>;
  /** Waits for the workflow's end and checks that ESW has each event once, in order, each with one set of bytes. */
  expectAllAtEsw: () => Promise<PortfolioOrderView>;
}

interface EmissionOptions extends TrackedOptions {
  esw?: EswLedger;
  /** Answers of `emitOrderEvents`, from the placement on. Default: ESW accepts everything. */
  emits?: EmitScript;
}

/** An order that is placed and NEW; resolves when the call with its first event, and no other, has begun. */
export async function placeAndEmit(
  worker: StubWorker,
  { esw = eswLedger(), emits = esw.accept, ...options }: EmissionOptions = {},
): Promise<EmissionUnderTest> {
  const id = randomUUID();
  worker.script(portfolioOrderWorkflowId(id), 'emitOrderEvents', emits);
  const placed = await placeOrder(worker, { ...options, id });
  const { order, broker, reference } = placed;
  const children = broker.children.length;
  const eventCount = EVERY_STATE.length + 3 * children;
  await until('the first call', () => order.calls('emitOrderEvents').length > 0);
  return {
    ...placed,
    esw,
    eventCount,
    state: processedToSettled(broker),
    calls: () => order.calls('emitOrderEvents'),
    tracked: () =>
      order.viewWhen('the order to be tracked to its end', ({ status, progress }) => {
        return status === 'SETTLED' && progress.settled === children;
      }),
    async expectAllAtEsw() {
      // Not `result()`: while a test waits for one, a time-skipping server skips to whatever is due next.
      const view = await order.viewWhen('the end', ({ finished }) => finished);
      expect(recordOf(view)).toEqual(settledOutcome(broker));
      expect(view.attention).toEqual([]);
      expect(view.fulfillment.refused).toEqual([]);
      expect(view.fulfillment.paused).toBeUndefined();
      expect(esw.events({ reference }).map(({ body }) => body.status)).toEqual(EVERY_STATE);
      expect(esw.events({ parent: reference })).toHaveLength(3 * children);
      expect(esw.events()).toHaveLength(eventCount);
      for (const { replays, byteIdenticalReplays } of esw.events())
        expect(byteIdenticalReplays).toBe(replays);
      expect(esw.counts()).toMatchObject({ conflicting: 0, rejected: 0 });
      expect(esw.audit()).toEqual([]);
      expect(changedIds(order.sent())).toEqual([]);
      return view;
    },
  };
}

/** Answers one call after another as listed, each attempt being one; from then on ESW accepts everything. */
export function inTurn(esw: EswLedger, ...answers: EmitScript[]): EmitScript {
  const left = [...answers];
  return (batch) => (left.shift() ?? esw.accept)(batch);
}

/** A call that stays in progress until the test ends it. */
export function heldUp(answer: EmitScript): { script: EmitScript; release: () => void } {
  const { script: released, release } = held(() => undefined);
  return { script: (batch) => released().then(() => answer(batch)), release };
}

/** Rejects every event permanently. */
export const refuseAll: EmitScript = ({ events }) =>
  events.map(({ id }) => ({ id, outcome: 'refused', refusal: BAD_REQUEST }));

export const BAD_REQUEST = {
  status: 400,
  message: 'ESW answered 400: One or more validation errors occurred.',
};

/** Ids of events that were sent with more than one set of bytes. */
function changedIds(sent: readonly EventAtEsw[]): string[] {
  const first = new Map<string, string>();
  return sent.flatMap(({ id, bytes }) => {
    const known = first.get(id) ?? bytes;
    first.set(id, known);
    return known === bytes ? [] : [id];
  });
}

/** Ids of a call's events, in order. */
export function idsOf({ input }: EmitCall): string[] {
  return input.events.map(({ id }) => id);
}

/** For each of a call's events, whether ESW may already have it. */
export function sentBefore({ input }: EmitCall): boolean[] {
  return input.events.map((event) => event.sentBefore ?? false);
}
