/** The emission of one placed order with stub activities: what its broker does, and that ESW ends up with all of it. */
import { randomUUID } from 'node:crypto';
import type { Observation } from '../../src/domain/observation';
import type { PortfolioOrderView } from '../../src/domain/view';
import { portfolioOrderWorkflowId } from '../../workflows/messages';
import { eswLedger, type EswLedger } from './esw-ledger';
import { processedToSettled, settledOutcome } from './observations';
import type { EventAtEsw } from './order-under-test';
import { recordOf } from './recorded-outcome';
import { held, type Call, type Script } from './stub-activities';
import { EVERY_STATE } from './stub-esw';
import type { StubWorker } from './stub-worker';
import { until } from './until';
import { placeOrder, type TrackedOptions, type TrackedOrder } from './tracked-order';

export type EmitScript = Script<'emitOrderEvents'>;
export type EmitCall = Call<'emitOrderEvents'>;

export interface EmissionUnderTest extends TrackedOrder {
  /** What ESW has. */
  esw: EswLedger;
  /** How many events the order and its children owe in all. */
  owed: number;
  /** All that the broker reports after the placement. */
  life: Observation[];
  /** Calls of `emitOrderEvents`, oldest first; each attempt is one. */
  calls: () => EmitCall[];
  /** The view once the order is settled at the broker as far as we know, whatever ESW knows. */
  tracked: () => Promise<PortfolioOrderView>;
  /** Waits for the workflow's end and checks that ESW has each event once, in order, each with one set of bytes. */
  expectAllAtEsw: () => Promise<PortfolioOrderView>;
}

interface EmissionOptions extends TrackedOptions {
  esw?: EswLedger;
  /** How `emitOrderEvents` answers, from the placement on. Default: ESW accepts everything. */
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
  const owed = EVERY_STATE.length + 3 * children;
  await until('the first call', () => order.calls('emitOrderEvents').length > 0);
  return {
    ...placed,
    esw,
    owed,
    life: processedToSettled(broker),
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
      expect(esw.events()).toHaveLength(owed);
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

/** A call that is under way until the test lets it end. */
export function heldUp(answer: EmitScript): { script: EmitScript; release: () => void } {
  const { script: released, release } = held(() => undefined);
  return { script: (batch) => released().then(() => answer(batch)), release };
}

/** Refuses every event for good. */
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

/** Which of a call's events say that ESW may have them already. */
export function sentBefore({ input }: EmitCall): boolean[] {
  return input.events.map((event) => event.sentBefore ?? false);
}
