/**
 * The one way into a portfolio order's workflow, shared by webhook handler, hand-over, parked events and command line:
 * signal it, and start it where it does not run yet. Whoever comes first starts it; the others find it.
 */
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { applyObservation } from '../domain/apply-observation';
import { VERDICTS } from '../domain/lifecycle';
import type { Observation } from '../domain/observation';
import { unpackLife } from '../domain/packed-life';
import type { Placed } from '../domain/placement';
import type { PortfolioOrderRecord } from '../domain/record';
import type { portfolioOrder } from '../../workflows';
import {
  brokerEventsSignal,
  placedSignal,
  portfolioOrderWorkflowId,
  type PortfolioOrderSettings,
} from '../../workflows/messages';
import { grpcCodeOf, grpcMessageOf, grpcStatus } from './grpc';
import { orderStart } from './order-start';
import { untilTaken } from './until-taken';

/** What became of observations. */
export type Delivery =
  /** Durable in the workflow. */
  | { kind: 'delivered' }
  /** The order is finished and knew all of it. */
  | { kind: 'redundant' }
  /** The order is finished and did not know this, such as a mistrade after settlement: somebody has to look. */
  | { kind: 'late'; message: string }
  /** Temporal will never take it, however often it is repeated. */
  | { kind: 'refused'; message: string };

export interface OrderInbox {
  /** @throws ServiceError when Temporal cannot be reached or is overloaded: deliver again */
  deliver(portfolioOrderId: string, observations: Observation[]): Promise<Delivery>;
  /** @returns `finished` when the order's workflow had ended before its placement was known */
  handOver(placed: Placed): Promise<'handed-over' | 'finished'>;
}

/** Payload of one signal: well below the 512 KiB at which the engine warns. */
const MAX_SIGNAL_BYTES = 256 * 1024;

export function createOrderInbox(
  client: Client,
  taskQueue: string,
  settings: PortfolioOrderSettings,
): OrderInbox {
  const startOptions = (portfolioOrderId: string) => orderStart(taskQueue, settings, portfolioOrderId);

  async function resultOf(portfolioOrderId: string): Promise<PortfolioOrderRecord> {
    const handle = client.workflow.getHandle<typeof portfolioOrder>(
      portfolioOrderWorkflowId(portfolioOrderId),
    );
    const outcome = await handle.result();
    return unpackLife(outcome.life).record;
  }

  return {
    async deliver(portfolioOrderId, observations) {
      try {
        for (const part of parts(observations)) {
          await untilTaken(() =>
            client.workflow.signalWithStart<typeof portfolioOrder, [Observation[]]>('portfolioOrder', {
              ...startOptions(portfolioOrderId),
              signal: brokerEventsSignal,
              signalArgs: [part],
            }),
          );
        }
        return { kind: 'delivered' };
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) {
          return judgeLate(await resultOf(portfolioOrderId), observations);
        }
        if (grpcCodeOf(error) === grpcStatus.invalidArgument && !isFaultOfDeployment(error))
          return { kind: 'refused', message: grpcMessageOf(error) };
        throw error;
      }
    },

    async handOver(placed) {
      try {
        await untilTaken(() =>
          client.workflow.signalWithStart<typeof portfolioOrder, [Placed]>('portfolioOrder', {
            ...startOptions(placed.observation.id),
            staticSummary: summaryOf(placed),
            signal: placedSignal,
            signalArgs: [placed],
          }),
        );
        return 'handed-over';
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return 'finished';
        throw error;
      }
    },
  };
}

/** What the list of workflows shows of an order that no webhook mentioned first. */
function summaryOf({ reference, side, observation: { type, cashAmount, currency } }: Placed): string {
  const what = [side ?? type, cashAmount, currency].filter((word) => word !== undefined);
  return [...what, 'as', reference].join(' ');
}

/** The namespace lacks one of our search attributes: every order is refused, so none may be parked for it. */
function isFaultOfDeployment(error: unknown): boolean {
  return /search attribute/i.test(grpcMessageOf(error));
}

/** Whether observations of a finished order add anything to what it knew. */
function judgeLate(record: PortfolioOrderRecord, observations: Observation[]): Delivery {
  let current = record;
  const news: string[] = [];
  for (const observation of observations) {
    const applied = applyObservation(current, observation);
    current = applied.record;
    // What comes late and moves nothing was to be expected of webhooks, and is no reason to call anybody.
    const moves = applied.transitions.filter(({ step }) => VERDICTS[step.verdict].moves);
    const findings = applied.findings.filter(({ code }) => code !== 'SKIPPED_STATE');
    news.push(...moves.map(({ subject, id, status }) => `${subject} ${id} reached ${status}`));
    news.push(...findings.map((finding) => finding.message));
  }
  return news.length === 0
    ? { kind: 'redundant' }
    : { kind: 'late', message: `The order is finished, and now ${news.join('; ')}` };
}

function parts(observations: Observation[]): Observation[][] {
  const all: Observation[][] = [];
  let bytes = Infinity;
  for (const observation of observations) {
    const size = Buffer.byteLength(JSON.stringify(observation));
    if (bytes + size > MAX_SIGNAL_BYTES) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)?.push(observation);
    bytes += size;
  }
  return all;
}
