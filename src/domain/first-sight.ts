/**
 * What the first message about an order says about the past: whether it may have had a workflow before, which somebody
 * ended from outside.
 */
import { cancelForbidden, withCancel, type CancelRequest } from './cancellation';
import type { BuiltEvent } from './emission';
import { noted } from './journal';
import type { Observation } from './observation';
import { withPlaced, type OrderLife } from './order-life';
import type { Placed } from './placement';

/** An order that is NEW and this young has just been placed. Milliseconds. */
const FRESH_MS = 10 * 60_000;

/** What became of earlier runs. */
export type EarlierRun =
  | { kind: 'none' }
  | { kind: 'found'; life: OrderLife }
  /** They had done nothing yet; these were their messages. */
  | { kind: 'only-messages'; placed?: Placed; cancel?: CancelRequest; observations: Observation[] }
  | { kind: 'unreadable'; why: string };

/**
 * True when an earlier run is to be looked for. Only the placement itself proves that there was none, when it has just made
 * the order: a webhook that says NEW may be delivered a second time, to a workflow that was ended in between.
 */
export function mayHaveEarlierRun({ placed }: OrderLife, now: number): boolean {
  if (placed?.observation.status !== 'NEW') return true;
  const age = now - Date.parse(placed.observation.createdAt ?? '');
  return !(age < FRESH_MS);
}

/** Takes up what the earlier run knew, with what arrived since. */
export function withEarlierRun(life: OrderLife, earlier: EarlierRun, now: number): OrderLife {
  const fresh: OrderLife = { ...life, past: 'known' };
  switch (earlier.kind) {
    case 'none':
      return fresh;
    case 'only-messages': {
      const { placed, cancel, observations } = earlier;
      const text = 'The workflow had been ended before it did anything; its messages are taken up again';
      const before: OrderLife = { ...fresh, inbox: [] };
      const told = placed === undefined ? before : withPlaced(before, placed, now);
      const resumed: OrderLife = {
        ...told,
        inbox: [...told.inbox, ...observations, ...fresh.inbox],
        journal: noted(told.journal, now, { rule: 'recovery:resumed', text }),
      };
      return withWish(resumed, cancel, now);
    }
    case 'found': {
      const { life: past } = earlier;
      const text = `The workflow had been ended; record and emission ledger come from its run ${past.run}`;
      const resumed: OrderLife = {
        ...fresh,
        ...past,
        ...(fresh.placed && past.placed === undefined && { placed: fresh.placed }),
        ...(fresh.closed && { closed: fresh.closed }),
        // What was on its way when it was ended may have arrived.
        emission: { ...past.emission, inFlight: past.emission.inFlight.map(sentBefore) },
        past: 'known',
        run: past.run + 1,
        inbox: [...past.inbox, ...fresh.inbox],
        unusableMessages: past.unusableMessages + fresh.unusableMessages,
        acknowledged: [...past.acknowledged, ...fresh.acknowledged],
        // The whole truth is read at once: nobody listened for a while.
        reconcile: fresh.reconcile ?? past.reconcile ?? { at: now, actor: 'coordinator', reason: text },
        journal: noted([...past.journal, ...fresh.journal], now, { rule: 'recovery:resumed', text }),
      };
      return withWish(resumed, fresh.cancel, now);
    }
    case 'unreadable':
      return {
        ...fresh,
        held: 'HEALED_WITHOUT_LEDGER',
        journal: noted(fresh.journal, now, { rule: 'recovery:without-ledger', text: earlier.why }),
      };
  }
}

function sentBefore(event: BuiltEvent): BuiltEvent {
  return { ...event, sentBefore: true };
}

/** A cancel that was asked for while the other run was not known. */
function withWish(life: OrderLife, wish: CancelRequest | undefined, now: number): OrderLife {
  if (wish === undefined || cancelForbidden(life) !== undefined) return life;
  const { at, actor, reason, rule } = wish;
  return withCancel(life, { actor, reason }, rule, at || now);
}
