/**
 * Operator decisions about an order, by its reference or id: sends each as an update to the workflow that currently has
 * the order.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { ActionId } from '../../domain/order-state/actions';
import { cancelForbidden } from '../../domain/order/cancellation';
import type {
  AcknowledgeDecision,
  CloseDecision,
  Decided,
  SkipEmissionDecision,
} from '../../domain/operator/operator-commands';
import { inOneSpelling } from '../../domain/values/uuid';
import { decodeState } from '../../domain/order-state/state-codec';
import { withTemporalDeadline } from '../../temporal/client';
import { sendUpdate, sendUpdateWithStart, type UpdateOutcome } from './send-update';
import { createOrderLookup, type FoundOrder, type KnownRecords, type RunStatus } from './find';
import { createFinishedOrderDecisions, earlierDecision } from './decide-finished';
import { orderStart } from './start-options';
import { restartPlacement } from './restart-placement';
import {
  acknowledgeUpdate,
  closeUpdate,
  portfolioOrderWorkflowId,
  reconcileUpdate,
  releaseUpdate,
  retryEmissionUpdate,
  skipEmissionUpdate,
  type PortfolioOrderSettings,
} from '../../../contracts/portfolio-order';
import { cancelUpdate } from '../../../contracts/decisions';
import { identifyUpdate, placementWorkflowId, type IdentifyDecision } from '../../../contracts/placement';
import type { KnownPlacement } from '../ports/registry';
import type { Decision } from '../../domain/values/decision';

type RunningOrderOperation =
  | { name: 'cancel' | 'reconcile' | 'release' | 'retry-emission'; decision: Decision }
  | { name: 'acknowledge'; decision: AcknowledgeDecision }
  | { name: 'skip-emission'; decision: SkipEmissionDecision }
  | { name: 'close'; decision: CloseDecision };

export type OrderOperation =
  | RunningOrderOperation
  /** For an order that has finished. */
  | { name: 'reopen'; decision: Decision }
  /** For a placement with unknown outcome. */
  | { name: 'identify'; decision: IdentifyDecision };

export interface OrderOperations {
  /**
   * @throws CallError for a name that means two orders
   *
   * @param key idempotency key: the same again gives the first outcome, also in later runs of the workflow, which remembers the
   *   latest ones. Default: a new key per call.
   * @throws ServiceError when Temporal cannot be reached: the outcome is unknown, retry
   */
  perform(referenceOrId: string, operation: OrderOperation, key?: string): Promise<UpdateOutcome>;
}

/** A workflow may start or end between lookup and update; more often than this is a fault. */
const ATTEMPTS = 4;

export function createOrderOperations(
  client: Client,
  taskQueue: string,
  settings: PortfolioOrderSettings,
  timeLimitMs: number,
  records: KnownRecords = {},
): OrderOperations {
  const lookup = createOrderLookup(client, records);
  const decideFinished = createFinishedOrderDecisions(client, taskQueue);

  /** @returns undefined when the workflow changed between lookup and update */
  async function attempt(
    name: string,
    operation: OrderOperation,
    key: string,
  ): Promise<UpdateOutcome | undefined> {
    const rule = RULES[operation.name];
    if (operation.name === 'identify') {
      const { decision } = operation;
      const update = { definition: identifyUpdate, decision, key };
      return (await sendUpdate(client, placementWorkflowId(name), update)) ?? afterPlacement(name);
    }
    const placement = await lookup.placement(name);
    if (placement === undefined) return toOrder(inOneSpelling(name), operation, key);
    let { portfolioOrderId } = placement;
    if (portfolioOrderId === undefined) {
      if (placement.runStatus === 'running' && operation.name === 'cancel') {
        const update = { definition: cancelUpdate, decision: operation.decision, key };
        return sendUpdate(client, placementWorkflowId(name), update);
      }
      const decided = earlierDecision(placement, key, operation.decision);
      if (decided !== undefined) return decided;
      if (placement.runStatus === 'interrupted' && operation.name === 'reconcile')
        return restartPlacement(client, taskQueue, placement, operation.decision, key);
      const view = await placement.view();
      if (view === undefined) return { kind: 'missing' };
      ({ portfolioOrderId } = view);
      if (portfolioOrderId === undefined)
        return { kind: 'forbidden', why: `${rule}: ${whyNoOrder(view, placement.runStatus)}` };
    }
    const outcome = await toOrder(portfolioOrderId, operation, key);
    if (outcome?.kind !== 'missing') return outcome;
    return { kind: 'forbidden', why: `${rule}: the order has no workflow, either not yet or no longer` };
  }

  /** Why `identify` is rejected. */
  async function afterPlacement(name: string): Promise<UpdateOutcome | undefined> {
    const placement = await lookup.placement(name);
    if (placement === undefined) return { kind: 'missing' };
    if (placement.runStatus === 'running') return undefined;
    const why =
      placement.runStatus === 'interrupted'
        ? 'the placement was terminated or failed; restart it with reconcile'
        : 'the placement has ended and its outcome is known';
    return { kind: 'forbidden', why: `placement:identified: ${why}` };
  }

  async function toOrder(
    portfolioOrderId: string,
    operation: RunningOrderOperation | Extract<OrderOperation, { name: 'reopen' }>,
    key: string,
  ): Promise<UpdateOutcome | undefined> {
    const isForFinished = operation.name === 'reopen' || operation.name === 'acknowledge';
    // A repeated decision must not meet the state that it has led to.
    const known = isForFinished ? await lookup.order(portfolioOrderId) : undefined;
    const decided = known && earlierDecision(known, key, operation.decision);
    if (decided !== undefined) return decided;
    if (operation.name !== 'reopen') {
      const update = { definition: UPDATES[operation.name], decision: operation.decision, key };
      const outcome = await sendUpdate(client, portfolioOrderWorkflowId(portfolioOrderId), update);
      if (outcome !== undefined) return outcome;
    }
    const order = known?.runStatus === 'ended' ? known : await lookup.order(portfolioOrderId);
    if (order === undefined) return { kind: 'missing' };
    if (order.runStatus === 'ended') {
      if (isForFinished) return decideFinished(order, operation, key);
      return { kind: 'forbidden', why: whyEnded(operation.name, order) };
    }
    if (order.runStatus === 'running') {
      return operation.name === 'reopen'
        ? { kind: 'forbidden', why: 'operator:reopen: the order is open' }
        : undefined;
    }
    if (operation.name === 'reconcile') {
      const start = orderStart(taskQueue, settings, portfolioOrderId);
      const { decision } = operation;
      return sendUpdateWithStart(client, start, { definition: reconcileUpdate, decision, key });
    }
    const why = `${RULES[operation.name]}: the order's workflow was terminated or failed; restart it with reconcile`;
    return { kind: 'forbidden', why };
  }

  return {
    perform: (referenceOrId, operation, key = randomUUID()) =>
      withTemporalDeadline(client, timeLimitMs, async () => {
        for (let attempts = 1; attempts <= ATTEMPTS; attempts += 1) {
          const outcome = await attempt(referenceOrId, operation, key);
          if (outcome === undefined) continue;
          if (outcome.kind !== 'decided') return outcome;
          if (outcome.rule !== RULES[operation.name]) return { kind: 'key-reused' };
          const { digests, ...decided } = outcome;
          return digests === undefined ? decided : { kind: 'key-reused', digests };
        }
        throw new Error(`${referenceOrId} started or ended ${ATTEMPTS} times during the call`);
      }),
  };
}

/** The rule of each operation. */
const RULES = {
  cancel: 'operator:cancel',
  reconcile: 'operator:reconcile',
  acknowledge: 'operator:acknowledge',
  release: 'operator:release',
  'retry-emission': 'operator:retry-emission',
  'skip-emission': 'operator:skip-emission',
  close: 'operator:close',
  reopen: 'operator:reopen',
  identify: 'placement:identified',
} as const satisfies Record<OrderOperation['name'], ActionId>;

/** The updates of an order's workflow. */
const UPDATES: Record<RunningOrderOperation['name'], UpdateDefinition<Decided, [Decision]>> = {
  cancel: cancelUpdate,
  reconcile: reconcileUpdate,
  acknowledge: acknowledgeUpdate,
  release: releaseUpdate,
  'retry-emission': retryEmissionUpdate,
  'skip-emission': skipEmissionUpdate,
  close: closeUpdate,
};

function whyNoOrder({ phase }: KnownPlacement, runStatus: RunStatus): string {
  if (runStatus === 'interrupted') return 'its placement was terminated or failed; restart it with reconcile';
  switch (phase) {
    case 'REFUSED':
      return 'Upvest rejected the order, so there is none';
    case 'NOT_PLACED':
      return 'an operator decided that there is no order';
    case 'NOT_STARTED':
      return 'its placement was never started; submit the request again';
    case 'UNKNOWN':
      return 'it is unknown whether Upvest has the order; resolve it with identify';
    case 'PLACING':
    case 'HANDING_OVER':
    case 'PLACED':
      return 'the order is still being placed';
  }
}

/** A finished order accepts no further decisions, and rejects a cancel by the same rule as an open one. */
function whyEnded(
  name: RunningOrderOperation['name'],
  { outcome }: Extract<FoundOrder, { runStatus: 'ended' }>,
): string {
  const forbidden = name === 'cancel' ? cancelForbidden(decodeState(outcome.state)) : undefined;
  return forbidden ?? `${RULES[name]}: the order has finished as ${outcome.outcome}; reopen it first`;
}
