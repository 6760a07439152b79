/**
 * What the first message about an order says about the past: whether it may have had a workflow before, which somebody
 * ended from outside, and whether ESW may have been told of it before.
 */
import { hasEnded } from './aggregate';
import { noted } from './journal';
import type { Observation } from './observation';
import type { OrderLife } from './order-life';
import type { Placed } from './placement';
import type { PortfolioOrderRecord } from './record';

/** An order that is NEW and this young cannot have had a workflow that was ended. Milliseconds. */
const FRESH_MS = 10 * 60_000;
/** Runs of orders are kept for at least 30 days; an order older than this may have been emitted by one that is gone. */
const SURELY_KEPT_MS = 25 * 24 * 60 * 60_000;

/** What became of an earlier run. */
export type EarlierRun =
  | { kind: 'none' }
  | { kind: 'found'; life: OrderLife }
  /** It had done nothing yet; these were its messages. */
  | { kind: 'only-messages'; placed?: Placed; observations: Observation[] }
  | { kind: 'unreadable'; why: string };

/** True when an earlier run is to be looked for: the first messages do not show an order that has just come to be. */
export function mayHaveEarlierRun({ inbox, placed, reconcile }: OrderLife, now: number): boolean {
  if (placed?.observation.status === 'NEW' && isFresh(placed.observation.createdAt, now)) return false;
  if (inbox.length === 0) return reconcile !== undefined;
  return !inbox.some(
    (one) =>
      one.subject === 'portfolio-order' &&
      (one.announced ?? one.status) === 'NEW' &&
      isFresh(one.createdAt, now),
  );
}

function isFresh(createdAt: string | undefined, now: number): boolean {
  return now - Date.parse(createdAt ?? '') < FRESH_MS;
}

/** Takes up what the earlier run knew, with the messages that arrived since. */
export function withEarlierRun(life: OrderLife, earlier: EarlierRun, now: number): OrderLife {
  const fresh: OrderLife = { ...life, past: 'known' };
  switch (earlier.kind) {
    case 'none':
      return fresh;
    case 'only-messages': {
      const placed = fresh.placed ?? earlier.placed;
      const text = 'The workflow had been ended before it did anything; its messages are taken up again';
      return {
        ...fresh,
        ...(placed && { placed }),
        inbox: [
          ...(earlier.placed ? [earlier.placed.observation] : []),
          ...earlier.observations,
          ...fresh.inbox,
        ],
        journal: noted(fresh.journal, now, { rule: 'recovery:resumed', text }),
      };
    }
    case 'found': {
      const past = earlier.life;
      const text = `The workflow had been ended; record and emission ledger come from its run ${past.run}`;
      return {
        ...fresh,
        ...past,
        ...(fresh.placed && past.placed === undefined && { placed: fresh.placed }),
        past: 'known',
        run: past.run + 1,
        inbox: [...past.inbox, ...fresh.inbox],
        // The whole truth is read at once: nobody listened for a while.
        reconcile: fresh.reconcile ?? past.reconcile ?? { at: now, actor: 'coordinator', reason: text },
        journal: noted(past.journal, now, { rule: 'recovery:resumed', text }),
      };
    }
    case 'unreadable':
      return {
        ...fresh,
        held: 'HEALED_WITHOUT_LEDGER',
        journal: noted(fresh.journal, now, { rule: 'recovery:without-ledger', text: earlier.why }),
      };
  }
}

/** Holds emission back until an operator has looked whether ESW was told before. */
export function withHold(life: OrderLife, now: number): OrderLife {
  const text = 'The order was first heard of long after its end';
  return {
    ...life,
    held: 'FIRST_SEEN_FINISHED',
    journal: noted(life.journal, now, { rule: 'recovery:first-seen-finished', text }),
  };
}

/** True for an order that was first heard of after its end, and so old that a run of it may be gone already. */
export function isSeenTooLate(
  { record: before }: OrderLife,
  after: PortfolioOrderRecord,
  now: number,
): boolean {
  if (before.status !== undefined || !hasEnded(after)) return false;
  return now - Date.parse(after.createdAt ?? '') > SURELY_KEPT_MS;
}
