/**
 * What the coordinator does by itself or on an operator's decision, as opposed to what Upvest reports. Each action has an id
 * that the timeline of every affected order shows, explained in `docs/rules.md`. Transition rules have ids of
 * the same kind (`status-tables.ts`). Ids are an API: operators search for them.
 */
export const ACTIONS = [
  {
    id: 'placement:placed',
    group: 'placement',
    title: 'Placed',
    meaning: 'A client of this coordinator placed the order, under the reference by which ESW files it.',
  },
  {
    id: 'placement:adopted',
    group: 'placement',
    title: 'Adopted',
    meaning: 'No placement of this coordinator made the order: the broker started it, or another system did.',
  },
  {
    id: 'placement:imported',
    group: 'placement',
    title: 'Imported',
    meaning:
      'The order was open at Upvest when this coordinator was installed. ESW is sent nothing of it, or the statuses that it reaches later.',
  },
  {
    id: 'placement:identified',
    group: 'placement',
    title: 'Identified by an operator',
    meaning:
      'The outcome of the POST was unknown, and an operator identified the order at Upvest that it made, or decided that it made none.',
  },
  {
    id: 'placement:requested',
    group: 'placement',
    title: 'Requested',
    meaning:
      'A client requested the order. The coordinator sends the POST, and repeats it under one idempotency key.',
  },
  {
    id: 'placement:rejected',
    group: 'placement',
    title: 'Rejected by Upvest',
    meaning: 'Upvest rejected the order, so there is none. The request id is for Upvest’s support.',
  },
  {
    id: 'placement:unknown',
    group: 'placement',
    title: 'Outcome unknown',
    meaning:
      'Upvest may or may not have the order. The POST is not repeated; the order is looked up until one matches or an operator decides.',
  },
  {
    id: 'placement:stopped',
    group: 'placement',
    title: 'Upvest takes no POST',
    meaning:
      'Upvest rejects credentials, scope or address, requested a pause, or did not answer several times in a row. The coordinator repeats the POST at growing intervals of at most five minutes, within the hour of the request.',
  },
  {
    id: 'placement:search-failed',
    group: 'placement',
    title: 'Upvest cannot be read',
    meaning:
      'A search for the order, or a read of the one that an operator identified, failed. The coordinator repeats it automatically.',
  },
  {
    id: 'report:cancel-refused',
    group: 'report',
    title: 'Cancel of a child refused',
    meaning: 'Upvest refused to cancel a child order. Its status stays.',
  },
  {
    id: 'report:unknown-status',
    group: 'report',
    title: 'Unknown status',
    meaning: 'Upvest reported a status that the tables do not know. It is kept as text; the status stays.',
  },
  {
    id: 'report:rebalancing',
    group: 'report',
    title: 'Rebalancing',
    meaning: 'Upvest reported the rebalancing order that made the portfolio order. It changes no status.',
  },
  {
    id: 'placement:mismatch',
    group: 'placement',
    title: 'Not what was requested',
    meaning:
      'Upvest reports another account, side, amount, currency or post_tax than the client requested, or an order that is older than the request. Nothing is emitted until an operator releases it.',
  },
  {
    id: 'deadline:placed',
    group: 'deadline',
    title: 'Waiting for the placement',
    meaning: 'A webhook came first. Nothing is emitted until the placement is known, or none is under way.',
  },
  {
    id: 'deadline:new',
    group: 'deadline',
    title: 'NEW → PROCESSING',
    meaning: 'The order stays NEW, or only its child orders are known: reconcile with Upvest.',
  },
  {
    id: 'deadline:processing',
    group: 'deadline',
    title: 'PROCESSING → FILLED',
    meaning: 'Child orders are not executed yet: reconcile with Upvest.',
  },
  {
    id: 'deadline:parts',
    group: 'deadline',
    title: 'Portfolio order and child orders disagree',
    meaning:
      'All known child orders have finished and the portfolio order has not, or vice versa: a webhook is late or lost. Reconcile with Upvest.',
  },
  {
    id: 'deadline:settlement',
    group: 'deadline',
    title: 'FILLED → SETTLED',
    meaning: 'The settlement day is over and executions are not settled: reconcile with Upvest.',
  },
  {
    id: 'deadline:cancel',
    group: 'deadline',
    title: 'Result of the cancel',
    meaning: 'Upvest accepted the cancel request, and no result has come: reconcile with Upvest.',
  },
  {
    id: 'deadline:predecessor',
    group: 'deadline',
    title: 'Predecessor of an early status',
    meaning:
      'A status arrived before its predecessors: reconcile with Upvest, then send ESW what was observed.',
  },
  {
    id: 'deadline:retry',
    group: 'deadline',
    title: 'Next attempt to read',
    meaning: 'Upvest, or one child order, could not be read: reconcile with Upvest again.',
  },
  {
    id: 'policy:cancel-if-new',
    group: 'policy',
    title: 'Cancel when NEW for too long',
    meaning:
      'Off unless configured: the coordinator cancels an order of its clients that stays NEW for so long.',
  },
  {
    id: 'policy:resubmit',
    group: 'policy',
    title: 'Resubmit',
    meaning:
      'Off unless configured: the coordinator resubmits, under a new name, an order that Upvest cancelled for a listed reason before anything was executed.',
  },
  {
    id: 'operator:cancel',
    group: 'operator',
    title: 'Cancel',
    meaning:
      'Forbidden once the portfolio order is FILLED, SETTLED or CANCELLED. Upvest decides whether the request is in time.',
  },
  {
    id: 'operator:reconcile',
    group: 'operator',
    title: 'Reconcile',
    meaning: 'Reads the order at Upvest now.',
  },
  {
    id: 'operator:acknowledge',
    group: 'operator',
    title: 'Acknowledge',
    meaning:
      'An operator resolved an attention, of an open or a finished order; the same occurrence is not flagged again.',
  },
  {
    id: 'operator:release',
    group: 'operator',
    title: 'Release',
    meaning:
      'Releases held emission to ESW, or what waits for a confirmation by Upvest while Upvest cannot be read. Forbidden otherwise.',
  },
  {
    id: 'operator:close',
    group: 'operator',
    title: 'Close',
    meaning:
      'Stops tracking the order, whatever its status at Upvest, and settles what needs attention until it is reopened. The evidence is kept.',
  },
  {
    id: 'operator:reopen',
    group: 'operator',
    title: 'Reopen',
    meaning: 'Tracks a finished order again, such as for a late mistrade; it stays open until it is closed.',
  },
  {
    id: 'operator:retry-emission',
    group: 'operator',
    title: 'Resend',
    meaning:
      'Resends an event that ESW rejected, with the same id and bytes; an event that could not be built is built anew. While emission is held, both wait for the release. Also ends a pause.',
  },
  {
    id: 'operator:skip-emission',
    group: 'operator',
    title: 'Leave out',
    meaning:
      'Leaves out an event that ESW rejected or that could not be built: ESW never gets it. Later events list its status.',
  },
  {
    id: 'emission:accepted',
    group: 'emission',
    title: 'Accepted by ESW',
    meaning: 'ESW has the event.',
  },
  {
    id: 'emission:refused',
    group: 'emission',
    title: 'Rejected by ESW',
    meaning: 'ESW rejected the event, or it could not be built. It is kept with its bytes.',
  },
  {
    id: 'emission:paused',
    group: 'emission',
    title: 'Emission paused',
    meaning:
      'ESW takes no event of this deployment (credentials, scope, tenant, address, or a proxy that answers in its place), or requested a pause. Nothing is lost; the coordinator retries automatically, and at once after retry-emission.',
  },
  {
    id: 'emission:delayed',
    group: 'emission',
    title: 'ESW does not answer',
    meaning:
      'A call to ESW ended without any answer. The coordinator sends the same bytes again, at growing intervals of at most five minutes.',
  },
  {
    id: 'recovery:resumed',
    group: 'recovery',
    title: 'Recovered from a predecessor run',
    meaning: 'The workflow had been terminated. Record and outbox were recovered from that run.',
  },
  {
    id: 'recovery:without-ledger',
    group: 'recovery',
    title: 'Predecessor run not readable',
    meaning: 'A predecessor run exists and cannot be read. Nothing is emitted until an operator releases it.',
  },
  {
    id: 'recovery:first-seen-finished',
    group: 'recovery',
    title: 'First seen long after it finished',
    meaning:
      'The order was first seen after it had finished, and is so old that ESW may already have its events. Nothing is emitted until an operator releases it.',
  },
  {
    id: 'recovery:first-seen-late',
    group: 'recovery',
    title: 'First seen long after it was created',
    meaning:
      'The order was not finished when it was first seen, but is so old that ESW may already have its events. It is read at Upvest, and nothing is emitted until an operator releases it.',
  },
] as const satisfies readonly Action[];

export interface Action {
  id: string;
  group: 'placement' | 'report' | 'deadline' | 'policy' | 'operator' | 'emission' | 'recovery';
  title: string;
  /** One sentence. */
  meaning: string;
}

export type ActionId = (typeof ACTIONS)[number]['id'];
