/**
 * The activities by task queue: what workflows call, and workers implement. Names of activities are an API: running orders
 * have them in their histories.
 */
import type { PortfolioOrderObservation, Observation } from '../src/domain/broker/observation';
import type { Saved } from '../src/domain/broker/placement-stop';
import type { EmissionResult } from '../src/domain/order/emission';
import type { PredecessorRun } from '../src/domain/order/recovery';
import type { KnownOrders, UnreadOrders } from '../src/domain/order/reconciliation';
import { positionsOf, type PartitionPosition } from '../src/domain/outbox/partitions';
import type { BuiltEvent, Emission } from '../src/domain/outbox/outbox';
import type { Compressible } from './compressible';
import type { EncodedState } from '../src/domain/order-state/state-codec';
import type { ParkedDecisions, ParkedEventAttempt, ParkedEventInput } from './parked-event';
import type { PlaceAtBrokerInput, PlacementView, PlacePortfolioOrderInput } from './placement';
import type { PortfolioOrderSettings } from './portfolio-order';
import type { SweepActivities } from './sweep';
import type { CancelAnswer, OrderState } from '../src/domain/order-state/state';
import type { Decision } from '../src/domain/values/decision';

/** On the broker's task queue, whose workers limit the rate of calls to Upvest. */
export type BrokerActivities = PlacementActivities & TrackingActivities & SweepActivities;

/** On the task queue of ESW, so that a partner that hangs takes no slot of other work. */
export type SinkActivities = EmissionActivities;

/** On the orders' task queue. Orders that began earlier emit from there, too. */
export type OrderActivities = HandoffActivities &
  PlacementRowActivities &
  RecoveryActivities &
  ResubmissionActivities &
  EmissionActivities &
  RecordActivities &
  ParkedEventActivities;

export interface PlacedOrder extends Saved {
  observation: PortfolioOrderObservation;
  /** Absent when the handoff did not succeed at once: the workflow repeats it. */
  handedOff?: 'handed-off' | 'finished';
}

export interface PlacementActivities {
  /**
   * POSTs the order and hands it off. Fails for good with type `PlacementRefused` and Upvest's problem and {@link Saved} as details,
   * or with type `LookUpFirst` after a POST that may have placed, and that is a minute old, or that the records database alone
   * knows of; every other failure is retried under the same idempotency key. An order that the records database has of this
   * placement is handed off instead of a POST.
   */
  placeAtBroker(input: PlaceAtBrokerInput): Promise<PlacedOrder>;
  /** The one order at Upvest that this placement must have made; the candidates if more than one matches. */
  findPlacedOrder(
    input: PlacePortfolioOrderInput,
  ): Promise<PortfolioOrderObservation | { candidates: string[] } | undefined>;
  /** The order at Upvest that an operator identified. @returns `claimed` if it is that of another placement */
  readPlacedOrder(input: {
    portfolioOrderId: string;
    /** Name of the placement; absent in calls of older code. */
    placement?: string;
  }): Promise<PortfolioOrderObservation | 'claimed' | undefined>;
}

/** What was read, and which child orders brought nothing; `left` are child orders for a further page. */
export interface OrdersRead extends UnreadOrders {
  observations: Observation[];
  left: string[];
}

export type PortfolioOrderRead = ({ kind: 'read' } & OrdersRead) | { kind: 'unknown-order' };

export interface TrackingActivities {
  /**
   * Reads the portfolio order and those of its child orders that are not known to be final, also ones that only its
   * snapshot names. A child that Upvest does not know, or that cannot be read, is named in the answer.
   */
  readPortfolioOrder(input: { portfolioOrderId: string; known: KnownOrders }): Promise<PortfolioOrderRead>;
  /** Reads child orders: a further page of the same read. */
  readOrders(input: { orderIds: string[] }): Promise<OrdersRead>;
  /**
   * Requests a cancel. Right after placing, Upvest may not know the order yet (references/upvest.md#errors), so that
   * answer counts only from the second minute on.
   */
  cancelPortfolioOrder(input: { portfolioOrderId: string; askedAt: string }): Promise<CancelAnswer>;
}

export interface PlacementRowActivities {
  /** Stores what is shown of the placement in the records database. */
  savePlacement(input: {
    placement: PlacePortfolioOrderInput;
    view: PlacementView;
    /** Milliseconds since the epoch; a later view that is stored stays. */
    at: number;
  }): Promise<void>;
}

export interface HandoffActivities {
  /** Signals the order's workflow who placed it; repeated until Temporal takes it. */
  handOff(input: {
    placement: PlacePortfolioOrderInput;
    observation: PortfolioOrderObservation;
    /** An operator's decision that this is the order. */
    identified?: Decision;
    /** A cancel that was requested in the meantime. */
    cancel?: Decision;
  }): Promise<'handed-off' | 'finished'>;
  /**
   * Whether a client's placement that could have made this order is still under way. Such placements learn of the order, unless
   * they did before.
   */
  findOpenPlacement(order: {
    portfolioOrderId?: string | undefined;
    /** True for all checks but the first. */
    isRepeated?: boolean;
    accountId?: string | undefined;
    cashAmount?: string | undefined;
  }): Promise<boolean>;
}

/** As `PredecessorRun`, as it fits into one payload. */
export type PredecessorRunFound =
  Exclude<PredecessorRun, { kind: 'found' }> | { kind: 'found'; state: OrderState | EncodedState };

/** Runs to look through: absent, those that were terminated since the last one that completed. */
export interface PredecessorSearch {
  /** True in a run that was made by a reset: also the run that was reset, however it ended. */
  wasReset?: boolean;
  /** True for an order that was created minutes ago: the records database knows any predecessor. */
  isNew?: boolean;
}

export interface RecoveryActivities {
  /**
   * Looks for a predecessor run of the calling workflow that did not complete: in the records database and, where that has
   * nothing of the order or is away, in Temporal.
   */
  findPredecessorRun(input?: PredecessorSearch): Promise<PredecessorRunFound>;
}

export interface ResubmissionActivities {
  /**
   * Starts the next attempt of the placement. Idempotent.
   *
   * @returns the reference of the new placement
   */
  placeAgain(input: {
    /** Reference of the placement that made the cancelled order. */
    name: string;
    /** Number of that attempt. */
    attempt: number;
    portfolioOrderId: string;
    order: PortfolioOrderSettings;
  }): Promise<string>;
}

export interface OrderEventBatch {
  /** Workflow id, for the sink's logs. */
  correlationId: string;
  /** Absent where they are those that the saved state has in flight, which has their bytes as well. */
  events?: EventToSend[];
}

/**
 * In the order in which the sink must see them, but for the partitions: those go side by side. Calls of earlier releases have no
 * positions, so that their events go one after another. `sentBefore` says that an earlier call may have sent the event; what
 * earlier attempts of the same call may have sent, the activity knows itself.
 */
export type EventToSend = PartitionPosition & { id: string; body: string; sentBefore?: true };

/** The events of a call. */
export function eventsOf({ events }: OrderEventBatch, save?: Compressible<RecordSave>): EventToSend[] {
  return events ?? (save === undefined ? [] : eventsInFlight(save.compressible.state.emission));
}

/** The batch in flight, as it is sent. */
export function eventsInFlight(emission: Emission): EventToSend[] {
  const positions = positionsOf(emission);
  return emission.inFlight.map(({ id, body, sentBefore }, index) => ({
    id,
    body,
    ...positions[index],
    ...(sentBefore && { sentBefore }),
  }));
}

/** An order's state for the records database, and what is kept with it. */
export interface RecordSave {
  portfolioOrderId: string;
  version: number;
  /** The highest version that the workflow used before. */
  basedOn: number;
  state: OrderState;
  settings: PortfolioOrderSettings;
  /** Events that the state no longer has the bytes of. */
  events: BuiltEvent[];
  /** Set once the order has finished: its final record is stored, too. ISO 8601 UTC. */
  finishedAt?: string;
  /** Set for a batch of events whose answers, if they finish the order, are stored with its final record. */
  mayFinish?: true;
}

/** Type of the failure of an activity that found a later save than the workflow knows of: its state is outdated. */
export const ORDER_STATE_BEHIND = 'OrderStateBehind';

export interface RecordActivities {
  /**
   * Saves the order in the records database. Idempotent by version.
   *
   * @throws ApplicationFailure of type ORDER_STATE_BEHIND, not retried
   */
  saveRecord(save: Compressible<RecordSave>): Promise<void>;
}

/** The answers to a batch that saves the order. */
export interface SavingBatchResult {
  results: EmissionResult[];
  /** Whether the order was saved before the events were sent, and with the answers. */
  savedBefore: boolean;
  savedAfter: boolean;
  /** Time of the answers in what was saved with them, milliseconds since the epoch. */
  answeredAt: number;
  /** Set if they finished the order, and its final record is stored. ISO 8601 UTC. */
  archivedAt?: string;
}

export interface EmissionActivities {
  /**
   * Saves the order before the events are sent and, as the next version, with the answers; runs that are not saved give no `save`.
   * Delivers the events, partitions side by side, and returns the result of each: accepted, or rejected for good. A transient
   * failure ends its partition only, so the results may be those of some events: the others need another call. A retry leaves out
   * what has a result, and so may the workflow, by the last heartbeat, when the call times out. An event is never skipped: an
   * attempt without any result fails and is retried, not before the pause that the sink requested.
   *
   * A save that fails delays nothing: the workflow repeats it.
   *
   * @returns the results alone for a batch that saves nothing
   * @throws ApplicationFailure of type EMISSION_BUSY or EMISSION_UNAUTHORISED, not retried, with EmissionFailureDetails; of
   *   type ORDER_STATE_BEHIND, not retried, before anything is sent
   */
  emitOrderEvents(
    batch: OrderEventBatch,
    save?: Compressible<RecordSave>,
  ): Promise<EmissionResult[] | SavingBatchResult>;
}

export interface ParkedEventActivities {
  /** Routes parked events once more; fails, to be retried, for reasons that time may cure. */
  routeParkedEvent(parked: ParkedEventInput): Promise<ParkedEventAttempt>;
  /** Stores decisions of operators in the records database. Idempotent. */
  saveParkedDecisions(decisions: ParkedDecisions): Promise<void>;
}
