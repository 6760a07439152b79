/** Checks one order that seems to differ, repairs what the coordinator can repair, and says what is left. */
import type { Client } from '@temporalio/client';
import { applyObservation } from '../../domain/broker/apply-observation';
import type { PortfolioOrderObservation } from '../../domain/broker/observation';
import type { PortfolioOrderRecord } from '../../domain/broker/record';
import { decodeState } from '../../domain/order-state/state-codec';
import type { OrderState } from '../../domain/order-state/state';
import type { Difference } from '../../domain/records/break-causes';
import { differencesAtUpvest, differencesOf, isChanging } from '../../domain/records/differences';
import { withTemporalDeadline } from '../../temporal/client';
import { stateQuery } from '../../../contracts/portfolio-order';
import type { OrderSignals } from '../orders/deliver';
import { createOrderLookup, type FoundOrder } from '../orders/find';
import type { FoundBreak, OwnOrder } from '../ports/sweeps';

export interface OrderCheckDeps {
  client: Client;
  inbox: OrderSignals;
}

export interface CheckedOrder {
  breaks: FoundBreak[];
  /** True if it has just changed: webhooks may be under way. */
  isChanging?: true;
}

/** A worker that has just started reads the order's history first. */
const QUERY_LIMIT_MS = 10_000;

/**
 * @param theirs the order as Upvest has it now; undefined if it does not know it
 * @param ours its row as it is now; undefined where there is none
 * @throws ServiceError when Temporal cannot be reached
 */
export async function checkOrder(
  { client, inbox }: OrderCheckDeps,
  portfolioOrderId: string,
  theirs: PortfolioOrderObservation | undefined,
  ours: OwnOrder | undefined,
  graceMs: number,
): Promise<CheckedOrder> {
  const now = Date.now();
  if (theirs === undefined) return { breaks: ours === undefined ? [] : missingAtUpvest(ours, now, graceMs) };
  if (isChanging(theirs, now, graceMs)) return { breaks: [], isChanging: true };
  const found = await createOrderLookup(client).order(portfolioOrderId);

  const deliver = async (): Promise<boolean> =>
    (await inbox.deliver(portfolioOrderId, [theirs])).kind === 'delivered';
  if (ours === undefined && (found === undefined || found.runStatus === 'interrupted'))
    return { breaks: [await adopted(found, theirs, deliver)] };

  const state = await currentState(client, found, ours?.state);
  if (state === undefined) return { breaks: [] };
  const differences = [
    ...(ours === undefined ? withoutRow(state, now, graceMs) : []),
    ...differencesOf(theirs, state, ours?.facts, now, graceMs),
  ];
  if (ours?.isFinished === false && (found === undefined || found.runStatus === 'interrupted')) {
    // It recovers from the row, and reconciles.
    const isRestarted = await deliver();
    const lost = found === undefined ? 'is gone from Temporal' : 'was terminated or failed';
    const text = `The workflow of the order ${lost}`;
    const interrupted: FoundBreak = { cause: 'INTERRUPTED', subject: '', text };
    const breaks = differences.map((one) => (isRestarted ? withRepair(one, state.record, theirs) : one));
    return { breaks: [isRestarted ? { ...interrupted, repaired: 'restarted' } : interrupted, ...breaks] };
  }
  if (differencesAtUpvest(theirs, state.record).length === 0 || state.closed !== undefined)
    return { breaks: differences };
  const isTaken = await deliver();
  return {
    breaks: differences.map((one) =>
      isTaken ? withRepair(one, state.record, theirs) : withReopening(one, found),
    ),
  };
}

/** Right after its placement, Upvest may not know an order yet (references/upvest.md#errors). */
function missingAtUpvest({ state, facts }: OwnOrder, now: number, graceMs: number): FoundBreak[] {
  if (state.closed !== undefined || now - state.startedAt < graceMs) return [];
  const { status = 'no status' } = facts;
  const text = `Upvest answers 404 for the order, which is ${status} here`;
  return [{ cause: 'MISSING_AT_UPVEST', subject: '', ours: status, text }];
}

/** A new order is saved within seconds. */
function withoutRow({ startedAt }: OrderState, now: number, graceMs: number): Difference[] {
  if (now - startedAt < graceMs) return [];
  const text = 'The order has a workflow, and no row in the records database';
  return [{ cause: 'ROW_BEHIND', subject: 'row', text }];
}

/** Adopts an order that nothing is known of, as a webhook would. */
async function adopted(
  found: FoundOrder | undefined,
  theirs: PortfolioOrderObservation,
  deliver: () => Promise<boolean>,
): Promise<FoundBreak> {
  const isTaken = await deliver();
  if (found !== undefined) {
    const text = 'The workflow of the order was terminated or failed before it was saved';
    return { cause: 'INTERRUPTED', subject: '', text, ...(isTaken && { repaired: 'restarted' }) };
  }
  const text = `Upvest has the order since ${theirs.createdAt ?? 'an unknown time'}, now ${theirs.status}`;
  const unknown: FoundBreak = { cause: 'UNKNOWN_ORDER', subject: '', theirs: theirs.status, text };
  return isTaken ? { ...unknown, repaired: 'adopted' } : unknown;
}

/** The workflow's state where a worker answers for it, else that of the row. */
async function currentState(
  client: Client,
  found: FoundOrder | undefined,
  saved: OrderState | undefined,
): Promise<OrderState | undefined> {
  if (found?.runStatus === 'ended') return decodeState(found.outcome.state);
  if (found?.runStatus !== 'running') return saved;
  const { handle } = found;
  return decodeState(await withTemporalDeadline(client, QUERY_LIMIT_MS, () => handle.query(stateQuery)));
}

/** Applying a report is a pure function: it shows what the workflow makes of it. */
function withRepair(
  difference: Difference,
  record: PortfolioOrderRecord,
  theirs: PortfolioOrderObservation,
): FoundBreak {
  const after = applyObservation(record, theirs).record;
  const left = differencesAtUpvest(theirs, after);
  const isOfUpvest = differencesAtUpvest(theirs, record).some((one) => isSame(one, difference));
  const isRepaired = isOfUpvest && !left.some((one) => isSame(one, difference));
  return isRepaired ? { ...difference, repaired: 'delivered' } : difference;
}

function isSame(one: Difference, other: Difference): boolean {
  return one.cause === other.cause && one.subject === other.subject;
}

function withReopening(difference: Difference, found: FoundOrder | undefined): FoundBreak {
  if (found?.runStatus !== 'ended' || difference.cause === 'NOT_AT_ESW') return difference;
  return {
    ...difference,
    text: `${difference.text}; the order has finished here: reopen it to take this up`,
  };
}
