/**
 * What the coordinator does by itself or on somebody's word, as opposed to what the broker reports: each act has an id
 * that stands in the timeline of every order it touched, and in `docs/rules.md`. Rows of the transition tables have ids of
 * the same kind (`lifecycle.ts`). Ids are an API: people search for them.
 */
export const ACTS = [
  {
    id: 'placement:placed',
    group: 'placement',
    title: 'Placed',
    meaning: 'A client placed the order here, under the reference that ESW files it by.',
  },
  {
    id: 'placement:adopted',
    group: 'placement',
    title: 'Adopted',
    meaning: 'Nobody placed the order here: the broker started it, or another system did.',
  },
  {
    id: 'placement:identified',
    group: 'placement',
    title: 'Identified by an operator',
    meaning:
      'The outcome of the POST was unknown, and an operator said which order at Upvest it made, or that it made none.',
  },
  {
    id: 'deadline:placed',
    group: 'deadline',
    title: 'Wait for the placement',
    meaning: 'A webhook came first. Until the placement is known, or none is under way, nothing is emitted.',
  },
  {
    id: 'deadline:new',
    group: 'deadline',
    title: 'NEW → PROCESSING',
    meaning: 'The order stays NEW, or nothing is known of it but its parts: Upvest is asked.',
  },
  {
    id: 'deadline:processing',
    group: 'deadline',
    title: 'PROCESSING → FILLED',
    meaning: 'Orders are not executed yet: Upvest is asked.',
  },
  {
    id: 'deadline:parts',
    group: 'deadline',
    title: 'Whole and parts disagree',
    meaning:
      'All known parts have ended and the portfolio order has not, or the other way round: some word is late or lost, and Upvest is asked.',
  },
  {
    id: 'deadline:settlement',
    group: 'deadline',
    title: 'FILLED → SETTLED',
    meaning: 'The settlement day is over and executions are not settled: Upvest is asked.',
  },
  {
    id: 'deadline:cancel',
    group: 'deadline',
    title: 'Cancel asked',
    meaning: 'Upvest took the cancel, and nothing has come of it: Upvest is asked.',
  },
  {
    id: 'deadline:predecessor',
    group: 'deadline',
    title: 'Predecessor of an early status',
    meaning:
      'A status came ahead of those before it: Upvest is asked, then ESW is told what was really observed.',
  },
  {
    id: 'policy:cancel-if-new',
    group: 'policy',
    title: 'Cancel when NEW for too long',
    meaning: 'Off unless configured: an order placed here that stays NEW for so long is cancelled.',
  },
  {
    id: 'policy:resubmit',
    group: 'policy',
    title: 'Place again',
    meaning:
      'Off unless configured: an order that the broker cancelled for a listed reason, and of which nothing was executed, is placed again under a new name.',
  },
  {
    id: 'operator:cancel',
    group: 'operator',
    title: 'Cancel',
    meaning:
      'Forbidden once the portfolio order is SETTLED or CANCELLED; whether it comes in time is Upvest’s to say.',
  },
  {
    id: 'operator:reconcile',
    group: 'operator',
    title: 'Reconcile',
    meaning: 'Upvest is asked at once.',
  },
  {
    id: 'operator:acknowledge',
    group: 'operator',
    title: 'Acknowledge',
    meaning: 'Somebody has seen an attention and dealt with it; the same thing does not call again.',
  },
  {
    id: 'operator:release',
    group: 'operator',
    title: 'Release',
    meaning: 'What was held back from ESW may go. Forbidden when nothing is held.',
  },
  {
    id: 'operator:close',
    group: 'operator',
    title: 'Close',
    meaning: 'The order ends here whatever the broker says, on evidence that is kept.',
  },
  {
    id: 'operator:reopen',
    group: 'operator',
    title: 'Reopen',
    meaning:
      'An ended order is taken up again, such as for a late mistrade; it stays open until it is closed.',
  },
  {
    id: 'operator:retry-emission',
    group: 'operator',
    title: 'Send again',
    meaning:
      'An event that ESW refused is sent once more, with the same id and the same bytes; one that could not be built is built anew. It ends a pause, too.',
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
    title: 'Refused by ESW',
    meaning: 'ESW will not take the event as it is, or it could not be built. It is kept with its bytes.',
  },
  {
    id: 'emission:paused',
    group: 'emission',
    title: 'Pause towards ESW',
    meaning:
      'ESW takes nothing from this deployment (credentials, scope, tenant or address), or has asked for a pause. Nothing is parked or lost; it is tried again by itself, and at once after retry-emission.',
  },
  {
    id: 'recovery:resumed',
    group: 'recovery',
    title: 'Taken up from an earlier run',
    meaning: 'The workflow had been ended from outside. Record and emission ledger come from that run.',
  },
  {
    id: 'recovery:without-ledger',
    group: 'recovery',
    title: 'Earlier run not readable',
    meaning:
      'There was an earlier run and it cannot be read. Nothing is emitted until an operator releases it.',
  },
  {
    id: 'recovery:first-seen-finished',
    group: 'recovery',
    title: 'First seen when long finished',
    meaning:
      'The order was first heard of after its end, and is so old that it may have been emitted before. Nothing is emitted until an operator releases it.',
  },
] as const satisfies readonly Act[];

export interface Act {
  id: string;
  group: 'placement' | 'deadline' | 'policy' | 'operator' | 'emission' | 'recovery';
  title: string;
  /** One sentence. */
  meaning: string;
}

export type ActId = (typeof ACTS)[number]['id'];
