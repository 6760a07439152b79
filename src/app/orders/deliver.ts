/**
 * Delivers signals to a portfolio order's workflow, and starts it if it does not run yet. Shared by the webhook handler,
 * the handoff and parked events, whichever comes first.
 */
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { TRANSITION_KINDS } from '../../domain/broker/status-tables';
import { nameOf } from '../../domain/outbox/outbox';
import type { Observation } from '../../domain/broker/observation';
import { decodeState } from '../../domain/order-state/state-codec';
import type { PlacementResult } from '../../domain/broker/placement';
import type { OrderState } from '../../domain/order-state/state';
import { grpcCodeOf, grpcMessageOf, grpcStatus } from '../../temporal/grpc';
import { orderStart } from './start-options';
import { untilTaken } from '../../temporal/until-taken';
import {
  brokerEventsSignal,
  placedSignal,
  portfolioOrderWorkflowId,
  type PortfolioOrderSettings,
  type PortfolioOrderWorkflow,
} from '../../../contracts/portfolio-order';
import { applyWithFindings } from '../../domain/findings/new-findings';

/** Outcome of a delivery. */
export type DeliveryOutcome =
  /** Durable in the workflow. */
  | { kind: 'delivered' }
  /** The order has finished and already had all of it. */
  | { kind: 'redundant' }
  /** The order has finished and this is new, such as a mistrade after settlement: requires operator action. */
  | { kind: 'late'; message: string }
  /** Temporal rejects it permanently. */
  | { kind: 'refused'; message: string };

export interface OrderSignals {
  /** @throws ServiceError when Temporal cannot be reached or is overloaded: deliver again */
  deliver(portfolioOrderId: string, observations: Observation[]): Promise<DeliveryOutcome>;
  /** @returns `finished` when the order's workflow had ended before its placement was known */
  handOff(placed: PlacementResult): Promise<'handed-off' | 'finished'>;
}

/** Payload of one signal, well below the 512 KiB at which Temporal warns. */
const MAX_SIGNAL_BYTES = 256 * 1024;

export function createOrderSignals(
  client: Client,
  taskQueue: string,
  settings: PortfolioOrderSettings,
): OrderSignals {
  const startOptions = (portfolioOrderId: string) => orderStart(taskQueue, settings, portfolioOrderId);

  async function resultOf(portfolioOrderId: string): Promise<OrderState> {
    const handle = client.workflow.getHandle<PortfolioOrderWorkflow>(
      portfolioOrderWorkflowId(portfolioOrderId),
    );
    const outcome = await handle.result();
    return decodeState(outcome.state);
  }

  return {
    async deliver(portfolioOrderId, observations) {
      try {
        for (const chunk of chunks(observations)) {
          await untilTaken(() =>
            client.workflow.signalWithStart<PortfolioOrderWorkflow, [Observation[]]>('portfolioOrder', {
              ...startOptions(portfolioOrderId),
              signal: brokerEventsSignal,
              signalArgs: [chunk],
            }),
          );
        }
        return { kind: 'delivered' };
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) {
          return lateOutcome(await resultOf(portfolioOrderId), observations);
        }
        if (grpcCodeOf(error) === grpcStatus.invalidArgument && !isDeploymentFault(error))
          return { kind: 'refused', message: grpcMessageOf(error) };
        throw error;
      }
    },

    async handOff(placed) {
      try {
        await untilTaken(() =>
          client.workflow.signalWithStart<PortfolioOrderWorkflow, [PlacementResult]>('portfolioOrder', {
            ...startOptions(placed.observation.id),
            staticSummary: summaryOf(placed),
            signal: placedSignal,
            signalArgs: [placed],
          }),
        );
        return 'handed-off';
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return 'finished';
        throw error;
      }
    },
  };
}

/** Summary in the list of workflows, for an order that starts with its placement. */
function summaryOf({
  reference,
  side,
  observation: { type, cashAmount, currency },
}: PlacementResult): string {
  const what = [side ?? type, cashAmount, currency].filter((part) => part !== undefined);
  return [...what, 'as', reference].join(' ');
}

/** The namespace lacks one of our search attributes. Temporal rejects every order, so no event may be parked for it. */
function isDeploymentFault(error: unknown): boolean {
  return /search attribute/i.test(grpcMessageOf(error));
}

/** Whether observations of a finished order add anything to its record, by the tolerance that it was started with. */
function lateOutcome({ record, amountTolerance }: OrderState, observations: Observation[]): DeliveryOutcome {
  let current = record;
  const news: string[] = [];
  for (const observation of observations) {
    const applied = applyWithFindings(current, observation, amountTolerance);
    current = applied.record;
    // Late webhooks that change nothing are normal and need no attention.
    const moves = applied.transitions.filter(({ rule }) => TRANSITION_KINDS[rule.verdict].moves);
    const findings = applied.findings.filter(({ code }) => code !== 'SKIPPED_STATE');
    news.push(...moves.map(nameOf));
    news.push(...findings.map((finding) => finding.message));
  }
  return news.length === 0
    ? { kind: 'redundant' }
    : { kind: 'late', message: `The order had finished when this arrived: ${news.join('; ')}` };
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
