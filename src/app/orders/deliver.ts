/**
 * Delivers signals to a portfolio order's workflow, and starts it if it does not run yet. Shared by the webhook handler,
 * the handoff and parked events, whichever comes first.
 */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { LRUCache } from 'lru-cache';
import { plain } from '../../domain/values/markdown';
import type { Observation } from '../../domain/broker/observation';
import { decodeState } from '../../domain/order-state/state-codec';
import type { PlacementResult } from '../../domain/broker/placement';
import type { OrderState } from '../../domain/order-state/state';
import { grpcCodeOf, grpcMessageOf, grpcStatus } from '../../temporal/grpc';
import { startNewRun } from './new-run';
import { orderStart } from './start-options';
import { isBetweenRuns, untilTaken } from '../../temporal/until-taken';
import {
  brokerEventsSignal,
  placedSignal,
  portfolioOrderWorkflowId,
  type PortfolioOrderOutcome,
  type PortfolioOrderSettings,
  type PortfolioOrderWorkflow,
} from '../../../contracts/portfolio-order';
import { lateNews } from '../../domain/order/late-news';
import { withLatePlacement } from '../../domain/order/origin';

/** Outcome of a delivery. */
export type DeliveryOutcome =
  /** Durable in the workflow. */
  | { kind: 'delivered' }
  /** The order has finished and already had all of it. */
  | { kind: 'redundant' }
  /** The order has finished and this is new, such as a mistrade or a corrected amount: requires operator action. */
  | { kind: 'late'; message: string }
  /** Temporal does not take it, though it takes others. */
  | { kind: 'refused'; message: string };

export interface OrderSignals {
  /** @throws ServiceError when Temporal cannot be reached or is overloaded: deliver again */
  deliver(portfolioOrderId: string, observations: Observation[]): Promise<DeliveryOutcome>;
  /**
   * @returns `finished` when the order's workflow had ended; if it did not know its placement, it does now, and needs
   *   attention
   */
  handOff(placed: PlacementResult): Promise<'handed-off' | 'finished'>;
}

/** Payload of one signal, well below the 512 KiB at which Temporal warns. */
const MAX_SIGNAL_BYTES = 256 * 1024;
/** Orders that are remembered as running. */
const MAX_RUNNING = 100_000;

export function createOrderSignals(
  client: Client,
  taskQueue: string,
  settings: PortfolioOrderSettings,
): OrderSignals {
  function outcomeOf(portfolioOrderId: string): Promise<PortfolioOrderOutcome> {
    const workflowId = portfolioOrderWorkflowId(portfolioOrderId);
    return client.workflow.getHandle<PortfolioOrderWorkflow>(workflowId).result();
  }

  /** Orders that took a signal of this process: they run as a rule, and need no start, which has all settings. */
  const running = new LRUCache<string, true>({ max: MAX_RUNNING });

  async function signal(portfolioOrderId: string, observations: Observation[]): Promise<void> {
    if (running.get(portfolioOrderId)) {
      try {
        const handle = client.workflow.getHandle(portfolioOrderWorkflowId(portfolioOrderId));
        await handle.signal(brokerEventsSignal, observations);
        return;
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        running.delete(portfolioOrderId);
      }
    }
    await client.workflow.signalWithStart<PortfolioOrderWorkflow, [Observation[]]>('portfolioOrder', {
      ...orderStart(taskQueue, settings, portfolioOrderId, { observations }),
      signal: brokerEventsSignal,
      signalArgs: [observations],
    });
    running.set(portfolioOrderId, true);
  }

  async function offer(portfolioOrderId: string, observations: Observation[]): Promise<DeliveryOutcome> {
    try {
      for (const chunk of chunks(observations)) await untilTaken(() => signal(portfolioOrderId, chunk));
      return { kind: 'delivered' };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const { state } = await outcomeOf(portfolioOrderId);
      return lateOutcome(decodeState(state), observations);
    }
  }

  return {
    async deliver(portfolioOrderId, observations) {
      try {
        return await offer(portfolioOrderId, observations);
      } catch (error) {
        if (concernsOthers(error)) throw error;
        return { kind: 'refused', message: grpcMessageOf(error) };
      }
    },

    async handOff(placed) {
      const first = { observations: [placed.observation], reference: placed.reference };
      try {
        await untilTaken(() =>
          client.workflow.signalWithStart<PortfolioOrderWorkflow, [PlacementResult]>('portfolioOrder', {
            ...orderStart(taskQueue, settings, placed.observation.id, first),
            staticSummary: summaryOf(placed),
            signal: placedSignal,
            signalArgs: [placed],
          }),
        );
        return 'handed-off';
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
      const outcome = await outcomeOf(placed.observation.id);
      const state = decodeState(outcome.state);
      const after = withLatePlacement(state, placed.reference, Date.now());
      // Fails, to be repeated, when the order is reopened meanwhile.
      if (after !== state) await startNewRun(client, taskQueue, outcome, after);
      return 'finished';
    },
  };
}

/** Summary, in Markdown, in the list of workflows, for an order that starts with its placement. */
function summaryOf({
  reference,
  side,
  observation: { type, cashAmount, currency },
}: PlacementResult): string {
  const what = [side ?? type, cashAmount, currency].filter((part) => part !== undefined);
  return plain([...what, 'as', reference].join(' '));
}

/**
 * True when Temporal is away or overloaded, or the deployment is at fault, as by a missing search attribute: the same would
 * happen to the events of other orders. Everything else is about this order or this event, and must not block the feed.
 */
function concernsOthers(error: unknown): boolean {
  const code = grpcCodeOf(error);
  if (code === undefined || isBetweenRuns(error)) return false;
  return code !== grpcStatus.invalidArgument || /search attribute/i.test(grpcMessageOf(error));
}

const MAX_NEWS = 10;

/** Whether observations of a finished order add anything to its record. */
function lateOutcome({ record, amountTolerance }: OrderState, observations: Observation[]): DeliveryOutcome {
  const news = lateNews(record, observations, amountTolerance);
  if (news.length === 0) return { kind: 'redundant' };
  const others = news.length > MAX_NEWS ? `; and ${news.length - MAX_NEWS} more` : '';
  const what = `${news.slice(0, MAX_NEWS).join('; ')}${others}`;
  return { kind: 'late', message: `The order had finished when this arrived: ${what}` };
}

function chunks(observations: Observation[]): Observation[][] {
  // Measuring one observation means writing it, and nearly every request brings a few only.
  if (observations.length === 1) return [observations];
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
