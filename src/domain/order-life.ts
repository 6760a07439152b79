/**
 * The whole state of one `portfolioOrder` workflow as plain JSON, and how it changes. The workflow adds time, messages and
 * activities to this; it holds no state of its own, so a run hands over to the next one by passing this object on.
 */
import { isFinishedAtBroker, type FinishRule } from './aggregate';
import { changeRecord, type Transition } from './apply-observation';
import { cancelForbidden, withCancel, type CancelRequest, type Decision } from './cancellation';
import { noEmission, withoutOvertaken, type Emission } from './emission';
import { identityOf, wasStartedByBroker, withAdoption } from './identity';
import { noted, type JournalEntry } from './journal';
import type { Observation } from './observation';
import { isObservation } from './observation-guard';
import type { Placed } from './placement';
import type { Policies } from './policies';
import type { QuestionCount, ReconcileRequest } from './reconciliation';
import type { EventDetail } from './order-event-topic';
import { owedClosing, owedFor } from './owed';
import { emptyRecord, type PortfolioOrderRecord } from './record';
import { isSeenTooLate, withHold } from './too-late';
import type { Wait } from './waits';

export interface OrderLife {
  /** When the first run started, milliseconds since the epoch. */
  startedAt: number;
  /** 1 for the first run, one more after each continue-as-new. */
  run: number;
  record: PortfolioOrderRecord;
  emission: Emission;
  /** Observations that arrived and are not applied yet. */
  inbox: Observation[];
  /** Messages whose shape was unusable; they are counted, never a reason to stop. */
  unusableMessages: number;
  placed?: Placed;
  /** When the order was taken for one that nobody placed here, milliseconds since the epoch. */
  adoptedAt?: number;
  /** When to ask (again) whether a placement is under way, milliseconds since the epoch. */
  askForPlacementAt: number;
  /** The name under which ESW files this order; fixed with the first event built. */
  brandOrderReference?: string;
  /** Deviation from ordered amounts that counts as filled, in percent; absent: the standard one. */
  amountTolerance?: string;
  /**
   * Whether there was an earlier run of this order: not judged yet, to be looked for, or dealt with; `unasked` for lives
   * that began before this was a question.
   */
  past: 'unjudged' | 'unknown' | 'known' | 'unasked';
  /** What the order waits for, and when the broker is asked about it. */
  waits: Wait[];
  /** When the last messages were applied, milliseconds since the epoch. */
  lastNewsAt?: number;
  /** An operator's wish that the broker be asked at once. */
  reconcile?: ReconcileRequest;
  questions: QuestionCount;
  /** True when the broker's last answer was that it does not know the order. */
  isUnknownToBroker: boolean;
  /** True once the broker was read after everything had ended. */
  readSinceEnd: boolean;
  cancel?: CancelRequest;
  /** Why nothing is emitted until an operator releases it. */
  held?: 'FIRST_SEEN_FINISHED' | 'HEALED_WITHOUT_LEDGER';
  /** Keys of what somebody has dealt with. */
  acknowledged: string[];
  /** Set when an operator has ended the order whatever the broker says. */
  closed?: Decision & { at: string; evidence: string };
  /** Set when an ended order was taken up again; it stays open until it is closed. */
  reopened?: Decision & { at: string };
  /** Whether the order is to be placed again. */
  resubmission?: 'to-be-checked' | 'due';
  /** Name of the placement that took this one's place. */
  resubmittedAs?: string;
  /** Why the order was not placed again although a policy says so. */
  notResubmitted?: string;
  journal: JournalEntry[];
}

/** @param detail the streams that are sent; absent only in inputs of older code */
export function newLife(
  portfolioOrderId: string,
  now: number,
  policies: Policies,
  detail?: EventDetail,
): OrderLife {
  const { deadlines, placedGraceMs } = policies;
  return {
    startedAt: now,
    run: 1,
    record: emptyRecord(portfolioOrderId),
    emission: { ...noEmission, ...(detail && { detail }) },
    inbox: [],
    unusableMessages: 0,
    askForPlacementAt: now + placedGraceMs,
    ...nothingYet(),
    ...(deadlines && { past: 'unjudged' as const }),
    ...(deadlines && { amountTolerance: deadlines.amountTolerance }),
  };
}

/** What runs of older code did not know of. */
function nothingYet() {
  return {
    past: 'unasked' as const,
    waits: [],
    questions: { missed: 0, nothingNew: 0, failed: 0 },
    isUnknownToBroker: false,
    readSinceEnd: false,
    acknowledged: [],
    journal: [],
  };
}

/** A life that an earlier run handed over. */
export function resumedLife(life: OrderLife): OrderLife {
  return { ...nothingYet(), ...life };
}

/** Takes up the placement's facts. A second placement of the same order changes nothing, but it may bring a cancel. */
export function withPlaced(life: OrderLife, placed: Placed, now: number): OrderLife {
  const { cancel, ...facts } = placed;
  const after = life.placed === undefined ? withFirstPlaced(life, facts, now) : life;
  return cancel === undefined || cancelForbidden(after) !== undefined || after.cancel !== undefined
    ? after
    : withCancel(after, cancel, 'operator:cancel', now);
}

function withFirstPlaced(life: OrderLife, placed: Placed, now: number): OrderLife {
  const after = { ...life, placed, inbox: [...life.inbox, placed.observation] };
  if (placed.identified === undefined) return after;
  const { actor, reason } = placed.identified;
  const text = 'The outcome of the POST was unknown; this is the order that it made';
  return {
    ...after,
    journal: noted(life.journal, now, { rule: 'placement:identified', text, actor, reason }),
  };
}

/** Puts observations into the inbox. Input never throws: what has no usable shape is counted. */
export function withObservations(life: OrderLife, observations: unknown): OrderLife {
  const list: unknown[] = Array.isArray(observations) ? observations : [observations];
  const usable = list.filter(isObservation);
  const unusable = list.length - usable.length;
  return { ...life, inbox: [...life.inbox, ...usable], unusableMessages: life.unusableMessages + unusable };
}

/**
 * Applies everything in the inbox and notes what ESW has to be told. An order that the broker started by itself is
 * adopted as soon as that is known.
 */
export function drainInbox(life: OrderLife, now: number): OrderLife {
  return applyInbox(life, now).life;
}

/** As `drainInbox`, for callers who want to know what was new. */
export function applyInbox(life: OrderLife, now: number): { life: OrderLife; transitions: Transition[] } {
  if (life.inbox.length === 0) return { life, transitions: [] };
  let { record } = life;
  const outbox = [...life.emission.outbox];
  const transitions: Transition[] = [];
  for (const observation of life.inbox) {
    const changed = changeRecord(record, observation);
    record = changed.record;
    transitions.push(...changed.transitions);
    outbox.push(...owedFor(observation, changed.transitions, record, life.emission, now));
  }
  outbox.push(...owedClosing({ ...life.emission, outbox }, record, now));
  const after: OrderLife = {
    ...life,
    record,
    inbox: [],
    lastNewsAt: now,
    emission: withoutOvertaken({ ...life.emission, outbox }),
  };
  const adopted =
    identityOf(after) === 'open' && wasStartedByBroker(record) ? withAdoption(after, now) : after;
  const first = transitions.find(({ subject }) => subject === 'portfolio-order')?.status;
  const isFirstSight = life.past === 'known' && life.record.status === undefined;
  const isTooLate = isFirstSight && isSeenTooLate(first, record, now);
  return { life: isTooLate ? withHold(adopted, now) : adopted, transitions };
}

/**
 * The order is over when the broker has nothing more to tell, everything owed to ESW was accepted and no message is
 * unread, or when an operator has closed it. A refused event keeps it open: somebody has to decide.
 */
export function isOver(life: OrderLife): boolean {
  if (life.closed !== undefined) return true;
  const { outbox, inFlight, again = [], refused } = life.emission;
  const owed = outbox.length + inFlight.length + again.length + refused.length + life.inbox.length;
  if (owed > 0 || life.reopened !== undefined || life.resubmission !== undefined) return false;
  return isFinishedAtBroker(life.record, finishRule(life));
}

/** Lives without deadlines ask nobody. */
export function finishRule({ past }: OrderLife): FinishRule {
  return { believesHearsay: past === 'unasked' };
}
