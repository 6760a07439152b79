/**
 * What operators do to an order, by its reference or its id: each decision goes, as an update, to the workflow that has
 * the order just now.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { ActId } from '../domain/acts';
import { cancelForbidden } from '../domain/cancellation';
import type { AcknowledgeDecision, CloseDecision, Decided, Decision } from '../domain/operators';
import { resumedLife } from '../domain/order-life';
import { unpackLife } from '../domain/packed-life';
import {
  acknowledgeUpdate,
  cancelUpdate,
  closeUpdate,
  identifyUpdate,
  placementWorkflowId,
  portfolioOrderWorkflowId,
  reconcileUpdate,
  releaseUpdate,
  retryEmissionUpdate,
  type IdentifyDecision,
  type PlacementView,
  type PortfolioOrderSettings,
} from '../../workflows/messages';
import { withBudget } from './connection';
import { sendUpdate, sendUpdateWithStart, type Verdict } from './operator-updates';
import { createOrderLookup, type FoundOrder, type Standing } from './order-lookup';
import { createReopening } from './order-reopening';
import { orderStart } from './order-start';

/** What a running order is told. */
type OrderOperation =
  | { name: 'cancel' | 'reconcile' | 'release' | 'retry-emission'; decision: Decision }
  | { name: 'acknowledge'; decision: AcknowledgeDecision }
  | { name: 'close'; decision: CloseDecision };

export type Operation =
  | OrderOperation
  /** Of an order that has ended. */
  | { name: 'reopen'; decision: Decision }
  /** Of a placement whose outcome is unknown. */
  | { name: 'identify'; decision: IdentifyDecision };

export interface OrderOperations {
  /**
   * An exact reference wins over an id.
   *
   * @param key names this one decision, so that asking again decides nothing twice: for as long as the run of the workflow
   * lasts that took it. Without one each call is a decision of its own.
   * @throws ServiceError when Temporal cannot be reached: nothing is known to be decided, ask again
   */
  perform(referenceOrId: string, operation: Operation, key?: string): Promise<Verdict>;
}

/** Between finding a workflow and asking it, it may end or begin; more often than this is no coincidence. */
const ATTEMPTS = 4;

export function createOrderOperations(
  client: Client,
  taskQueue: string,
  settings: PortfolioOrderSettings,
  budgetMs: number,
): OrderOperations {
  const lookup = createOrderLookup(client);
  const reopen = createReopening(client, taskQueue, settings);

  /** @returns undefined when what was found has changed meanwhile */
  async function attempt(name: string, operation: Operation, key: string): Promise<Verdict | undefined> {
    const rule = RULES[operation.name];
    if (operation.name === 'identify') {
      const { decision } = operation;
      const update = { definition: identifyUpdate, decision, key };
      return (await sendUpdate(client, placementWorkflowId(name), update)) ?? afterPlacement(name);
    }
    if (operation.name === 'cancel') {
      const update = { definition: cancelUpdate, decision: operation.decision, key };
      const verdict = await sendUpdate(client, placementWorkflowId(name), update);
      if (verdict !== undefined) return verdict;
    }

    const placement = await lookup.placement(name);
    const view = await placement?.view();
    if (placement !== undefined && view !== undefined && view.portfolioOrderId === undefined) {
      // One that runs takes every cancel: when it did not, it has begun only now.
      if (placement.standing === 'running' && operation.name === 'cancel') return undefined;
      return { kind: 'forbidden', why: `${rule}: ${whyNoOrder(view, placement.standing)}` };
    }
    const verdict = await toOrder(view?.portfolioOrderId ?? name, operation, key);
    if (verdict?.kind !== 'missing' || placement === undefined) return verdict;
    return { kind: 'forbidden', why: `${rule}: the order has no workflow of its own, yet or any more` };
  }

  /** Why a placement takes no word on its outcome. */
  async function afterPlacement(name: string): Promise<Verdict | undefined> {
    const placement = await lookup.placement(name);
    if (placement === undefined) return { kind: 'missing' };
    if (placement.standing === 'running') return undefined;
    const why = 'placement:identified: the placement has ended, its outcome is not unknown';
    return { kind: 'forbidden', why };
  }

  async function toOrder(
    portfolioOrderId: string,
    operation: OrderOperation | Extract<Operation, { name: 'reopen' }>,
    key: string,
  ): Promise<Verdict | undefined> {
    if (operation.name !== 'reopen') {
      const update = { definition: UPDATES[operation.name], decision: operation.decision, key };
      const verdict = await sendUpdate(client, portfolioOrderWorkflowId(portfolioOrderId), update);
      if (verdict !== undefined) return verdict;
    }
    const order = await lookup.order(portfolioOrderId);
    if (order === undefined) return { kind: 'missing' };
    if (operation.name === 'reopen') return reopen(portfolioOrderId, order, operation.decision, key);
    if (order.standing === 'running') return undefined;
    if (order.standing === 'ended') return { kind: 'forbidden', why: whyEnded(operation.name, order) };
    if (operation.name === 'reconcile') {
      const start = orderStart(taskQueue, settings, portfolioOrderId);
      const { decision } = operation;
      return sendUpdateWithStart(client, start, { definition: reconcileUpdate, decision, key });
    }
    const why = `${RULES[operation.name]}: the order's workflow was ended from outside; reconcile starts it again`;
    return { kind: 'forbidden', why };
  }

  return {
    perform: (referenceOrId, operation, key = randomUUID()) =>
      withBudget(client, budgetMs, async () => {
        for (let attempts = 1; attempts <= ATTEMPTS; attempts += 1) {
          const verdict = await attempt(referenceOrId, operation, key);
          if (verdict === undefined) continue;
          const isAnother = verdict.kind === 'decided' && verdict.rule !== RULES[operation.name];
          return isAnother ? { kind: 'key-reused' } : verdict;
        }
        throw new Error(`${referenceOrId} began or ended ${ATTEMPTS} times while it was asked`);
      }),
  };
}

/** The rule that each operation is decided by. */
const RULES = {
  cancel: 'operator:cancel',
  reconcile: 'operator:reconcile',
  acknowledge: 'operator:acknowledge',
  release: 'operator:release',
  'retry-emission': 'operator:retry-emission',
  close: 'operator:close',
  reopen: 'operator:reopen',
  identify: 'placement:identified',
} as const satisfies Record<Operation['name'], ActId>;

/** The updates by which an order's workflow is told. */
const UPDATES: Record<OrderOperation['name'], UpdateDefinition<Decided, [Decision]>> = {
  cancel: cancelUpdate,
  reconcile: reconcileUpdate,
  acknowledge: acknowledgeUpdate,
  release: releaseUpdate,
  'retry-emission': retryEmissionUpdate,
  close: closeUpdate,
};

function whyNoOrder({ phase }: PlacementView, standing: Standing): string {
  if (standing === 'interrupted')
    return 'its placement was ended from outside; look for the order at Upvest, and name it by its id';
  switch (phase) {
    case 'REFUSED':
      return 'Upvest refused the order, so there is none';
    case 'NOT_PLACED':
      return 'an operator has said that there is no order';
    case 'UNKNOWN':
      return 'whether Upvest has the order is not known; identify says so';
    case 'PLACING':
    case 'HANDING_OVER':
    case 'PLACED':
      return 'the order is still being placed';
  }
}

/** A finished order takes no decisions, and refuses a cancel by the same rule as while it was open. */
function whyEnded(name: Operation['name'], { outcome }: Extract<FoundOrder, { standing: 'ended' }>): string {
  const forbidden = name === 'cancel' ? cancelForbidden(resumedLife(unpackLife(outcome.life))) : undefined;
  return forbidden ?? `${RULES[name]}: the order is finished as ${outcome.outcome}; reopen takes it up again`;
}
