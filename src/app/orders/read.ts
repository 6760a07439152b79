/** Reads an order by its reference or portfolio order id, whether it is being placed, open or finished. */
import type { Client } from '@temporalio/client';
import { inOneSpelling } from '../../domain/values/uuid';
import { decodeState } from '../../domain/order-state/state-codec';
import { placementAttentions, type AttentionOfPlacement } from '../../domain/views/placement-attentions';
import { placementTimeline } from '../../domain/views/placement-steps';
import { timelineOf, type TimelineEntry } from '../../domain/views/timeline';
import { interruptedView } from '../../domain/views/interrupted-view';
import { trackingOf } from '../../domain/views/tracking';
import { viewOf, type PortfolioOrderView } from '../../domain/views/order-view';
import type { KnownPlacement } from '../ports/registry';
import { nextPlacementName } from '../../domain/broker/placement';
import type { OrderState } from '../../domain/order-state/state';
import type { OrderAction } from '../../domain/operator/order-action';
import { createOrderLookup, type FoundOrder, type KnownRecords, type RunStatus } from './find';
import { stateQuery, viewQuery } from '../../../contracts/portfolio-order';

/** A placement with what needs attention: nothing once the order has its own workflow, or while it is interrupted. */
export type ShownPlacement = KnownPlacement & {
  /** Absent from servers of earlier releases. */
  attentions?: AttentionOfPlacement[];
};

/** Status of an order; without `order` while it is being placed. */
export interface OrderStatusView {
  /**
   * UNKNOWN: outcome of the POST unknown. NOT_PLACED: an operator decided that there is no order. NOT_STARTED: the placement never
   * began, and the same request, submitted again, starts it.
   */
  phase:
    | 'PLACING'
    | 'HANDING_OVER'
    | 'UNKNOWN'
    | 'REFUSED'
    | 'NOT_PLACED'
    | 'NOT_STARTED'
    | 'TRACKED'
    | 'FINISHED';
  reference?: string;
  portfolioOrderId?: string;
  placement?: ShownPlacement;
  order?: PortfolioOrderView;
  /** Whether it is tracked, and what is open: a phrase that follows its status. Absent without `order`. */
  tracking?: string;
  /**
   * True when the workflow of the order, or of its placement, was terminated or failed: the view shows its last state, and
   * nothing happens until a webhook arrives or an operator reconciles it.
   */
  interrupted?: true;
}

/** The timeline of an order, and the view that it led to. */
export interface OrderTimeline {
  /** Absent until the order has its own workflow. */
  view?: PortfolioOrderView;
  /** Oldest first. */
  entries: TimelineEntry[];
}

/** Both methods throw ServiceError when Temporal or the worker of an open order is unavailable. */
export interface OrderReader {
  /**
   * @throws CallError for a name that means two orders
   * @returns undefined for an unknown order
   */
  read(referenceOrId: string): Promise<OrderStatusView | undefined>;
  /**
   * A consistent view and timeline. Large: prefer {@link read} where that is enough.
   *
   * @returns undefined for an unknown order
   */
  timeline(referenceOrId: string): Promise<OrderTimeline | undefined>;
}

export function createOrderReader(client: Client, records: KnownRecords = {}): OrderReader {
  const lookup = createOrderLookup(client, records);

  /** A rejected placement names the one that corrects it. */
  async function withCorrection(view: KnownPlacement): Promise<KnownPlacement> {
    if (view.phase !== 'REFUSED') return view;
    const next = nextPlacementName(view.reference);
    return (await lookup.placement(next)) === undefined ? view : { ...view, resubmittedAs: next };
  }

  async function find(referenceOrId: string): Promise<{
    placement: KnownPlacement | undefined;
    portfolioOrderId: string | undefined;
    order: FoundOrder | undefined;
    isInterrupted: boolean;
  }> {
    const placed = await lookup.placement(referenceOrId);
    const view = await placed?.view();
    const placement = view && (await withCorrection(view));
    const portfolioOrderId = placed
      ? (view?.portfolioOrderId ?? placed.portfolioOrderId)
      : inOneSpelling(referenceOrId);
    const order = portfolioOrderId === undefined ? undefined : await lookup.order(portfolioOrderId);
    const isInterrupted = (order ?? placed)?.runStatus === 'interrupted';
    return {
      placement:
        placement && isInterrupted && order === undefined ? { ...placement, ...INTERRUPTED } : placement,
      portfolioOrderId,
      order,
      isInterrupted,
    };
  }

  return {
    async read(referenceOrId) {
      const { placement, portfolioOrderId, order: found, isInterrupted } = await find(referenceOrId);
      if (placement === undefined && found === undefined) return undefined;
      const order = found && withPossibleActions(await viewIn(found), found.runStatus);
      return {
        phase: phaseOf(placement, order),
        ...(placement
          ? { reference: placement.reference }
          : order?.reference !== undefined && { reference: order.reference }),
        ...(portfolioOrderId !== undefined && { portfolioOrderId }),
        ...(placement && {
          placement: {
            ...placement,
            attentions: isInterrupted || order !== undefined ? [] : placementAttentions(placement),
          },
        }),
        ...(order && { order }),
        ...(order && { tracking: trackingOf(order, isInterrupted) }),
        ...(isInterrupted && { interrupted: true }),
      };
    },

    async timeline(referenceOrId) {
      const { placement, order } = await find(referenceOrId);
      if (order !== undefined) return timelineFrom(order);
      return placement && { entries: placementTimeline(placement.reference, placement.steps ?? []) };
    },
  };
}

/** A workflow does not know that it was terminated. */
const INTERRUPTED: Pick<KnownPlacement, 'actions' | 'waitingFor'> = {
  actions: ['reconcile'],
  waitingFor: 'An operator to restart the placement, whose workflow was terminated or failed.',
};

async function viewIn(order: FoundOrder): Promise<PortfolioOrderView> {
  const state = knownState(order);
  return state === undefined ? order.handle.query(viewQuery) : viewOf(state);
}

/** The state of an order that needs no query. */
function knownState(order: FoundOrder): OrderState | undefined {
  if (order.runStatus === 'ended') return decodeState(order.outcome.state);
  return order.runStatus === 'interrupted' ? order.saved : undefined;
}

/** A workflow does not know that it was terminated, nor that it ended without ESW's answer to what was in flight. */
function withPossibleActions(order: PortfolioOrderView, runStatus: RunStatus): PortfolioOrderView {
  switch (runStatus) {
    case 'ended':
      return { ...order, actions: [...new Set<OrderAction>([...order.actions, 'reopen'])] };
    case 'running':
      return order;
    case 'interrupted':
      return interruptedView(order);
  }
}

/** Built from the whole state: between pages of a query, new events could insert entries. */
async function timelineFrom(order: FoundOrder): Promise<OrderTimeline> {
  const state = knownState(order) ?? decodeState(await order.handle.query(stateQuery));
  return { view: viewOf(state), entries: timelineOf(state) };
}

function phaseOf(
  placement: KnownPlacement | undefined,
  order: PortfolioOrderView | undefined,
): OrderStatusView['phase'] {
  if (order !== undefined) return order.finished ? 'FINISHED' : 'TRACKED';
  // Between the answer to the POST and the handoff, the order may not have its own workflow yet.
  return placement === undefined || placement.phase === 'PLACED' ? 'HANDING_OVER' : placement.phase;
}
