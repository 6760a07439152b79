/** One step of an order's life: takes up what arrived, sees what it waits for now, and says when to look again. */
import { withCancel } from './cancellation';
import { mayHaveEarlierRun } from './first-sight';
import { waitsForPlacement } from './identity';
import { emissionPlan } from './order-emission';
import { drainInbox, type OrderLife } from './order-life';
import type { DeadlinePolicies, Policies } from './policies';
import { questionAt } from './reconciliation';
import { resubmission } from './resubmission';
import { withWaits } from './waits';

/** Everything that follows from messages and time alone. Messages wait while an earlier run has to be looked for. */
export function advance(life: OrderLife, now: number, policies: Policies): OrderLife {
  const judged = judgePast(life, now);
  if (judged.past === 'unknown') return judged;
  const told = drainInbox(judged, now);
  const { deadlines } = policies;
  if (deadlines === undefined) return told;
  const waiting = withWaits(withOwedResubmission(told, deadlines), now, policies);
  return withPolicyCancel(waiting, now, deadlines);
}

function judgePast(life: OrderLife, now: number): OrderLife {
  const isSilent = life.inbox.length === 0 && life.placed === undefined && life.reconcile === undefined;
  if (life.past !== 'unjudged' || isSilent) return life;
  return { ...life, past: mayHaveEarlierRun(life, now) ? 'unknown' : 'known' };
}

function withOwedResubmission(life: OrderLife, deadlines: DeadlinePolicies): OrderLife {
  const { resubmission: known, ...rest } = life;
  const owed = resubmission(life, deadlines);
  if (owed === known) return life;
  return owed === 'no' ? rest : { ...rest, resubmission: owed };
}

function withPolicyCancel(life: OrderLife, now: number, deadlines: DeadlinePolicies): OrderLife {
  const at = policyCancelAt(life, deadlines);
  if (at === undefined || now < at) return life;
  const reason = 'It stayed NEW for too long';
  return withCancel(life, { actor: 'policy', reason }, 'policy:cancel-if-new', now);
}

function policyCancelAt(life: OrderLife, { cancelIfNewAfterMs }: DeadlinePolicies): number | undefined {
  const wait = life.waits.find(({ rule }) => rule === 'deadline:new');
  const isOff =
    cancelIfNewAfterMs === undefined ||
    life.record.status !== 'NEW' ||
    life.cancel !== undefined ||
    // What Upvest started by itself is not ours to cancel.
    life.placed === undefined;
  return isOff || wait === undefined ? undefined : wait.since + cancelIfNewAfterMs;
}

/** What the workflow is busy with by itself, so that no alarm is needed for it. */
export interface Busy {
  /** The broker is being asked, or must not be asked just now. */
  asking: boolean;
}

/** When the workflow has to act although nothing arrived, and why; undefined: it only waits for messages. */
export function nextAlarm(
  life: OrderLife,
  now: number,
  policies: Policies,
  { asking }: Busy,
): { at: number; why: string } | undefined {
  const { deadlines } = policies;
  const alarms: { at: number | undefined; why: string }[] = [];
  if (life.past === 'unknown') return undefined;
  const { pause } = life.emission;
  if (pause !== undefined && pause.until > now) alarms.push({ at: pause.until, why: 'emission:paused' });
  if (waitsForPlacement(life)) {
    alarms.push({ at: life.askForPlacementAt, why: 'deadline:placed' });
  }
  if (deadlines === undefined) {
    alarms.push({ at: emissionPlan(life, now, policies).nextAt, why: 'deadline:predecessor' });
  } else {
    const askAt = asking ? undefined : questionAt(life, deadlines);
    // What is due now is taken up without an alarm.
    if (askAt !== undefined && askAt > now) alarms.push({ at: askAt, why: firstWait(life) });
    for (const { overdueAt, overdue, rule } of life.waits) {
      if (!overdue) alarms.push({ at: overdueAt, why: `${rule}, attention` });
    }
    alarms.push({ at: policyCancelAt(life, deadlines), why: 'policy:cancel-if-new' });
  }
  return alarms.reduce<{ at: number; why: string } | undefined>(
    (first, { at, why }) =>
      at === undefined || (first !== undefined && first.at <= at) ? first : { at, why },
    undefined,
  );
}

function firstWait({ waits }: OrderLife): string {
  const [first] = [...waits].sort((a, b) => a.dueAt - b.dueAt);
  return first === undefined ? 'operator:reconcile' : `${first.rule}, ask Upvest`;
}
