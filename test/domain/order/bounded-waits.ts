/** No order waits unnoticed: whatever fails for however long, it proceeds or needs attention within a day. */
import fc from 'fast-check';
import { attentionsOf } from '../../../src/domain/operator/attentions';
import { initialState, isOver, withPlacement } from '../../../src/domain/order/transitions';
import { viewOf } from '../../../src/domain/views/order-view';
import { generateOrder, orderPlans } from '../generated-orders';
import { PORTFOLIO_ORDER } from '../samples';
import { runOrder, type Message, type Moment, type Partners } from './order-run';
import { DAY, HOUR, MINUTE, placed, policiesWith } from './waiting';
import type { Observation } from '../../../src/domain/broker/observation';
import type { OrderState } from '../../../src/domain/order-state/state';

/** After every settlement date of generated orders, so that all that Upvest promises is due. */
const START = Date.parse('2026-03-26T09:00:00Z');
const END = START + 5 * DAY;
/** The full run takes a minute or two; each life is five days of attempts. */
const LIMIT_MS = 10 * MINUTE;
/** The order is looked at so often, since most of its moments are repeated attempts. */
const LOOK_EVERY = 3 * HOUR;
const half = { attentionAfter: { ms: 12 * HOUR } };
const using = policiesWith({
  new: { askAfterMs: 15 * MINUTE, ...half },
  processing: { askAfterMs: HOUR, ...half },
  parts: { askAfterMs: 5 * MINUTE, ...half },
  settlement: { cycles: [{ days: 0 }], time: '18:00', ...half },
});

/** When a partner fails, in hours after the start. */
const outages = fc.array(
  fc.record({
    from: fc.integer({ min: 0, max: 24 }),
    hours: fc.oneof(fc.integer({ min: 1, max: 48 }), fc.constant(10_000)),
  }),
  { maxLength: 2 },
);
type Outages = { from: number; hours: number }[];

const arbitraryLives = fc.record({
  plan: orderPlans,
  isPlaced: fc.boolean(),
  detail: fc.constantFrom('portfolio' as const, 'orders' as const, 'executions' as const),
  /** Webhooks that arrive; each after so many minutes. */
  arrives: fc.infiniteStream(fc.integer({ min: -200, max: 600 })),
  cancelAfter: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
  upvest: outages,
  esw: outages,
  eswSays: fc.constantFrom('nothing' as const, 'busy' as const, 'unauthorised' as const),
  cancelFails: outages,
  placementOpen: outages,
  unreadable: fc.integer({ min: 0, max: 3 }),
  unknown: fc.integer({ min: 0, max: 3 }),
});
type Life = typeof arbitraryLives extends fc.Arbitrary<infer L> ? L : never;

function isOut(all: Outages, now: number): boolean {
  const hours = (now - START) / HOUR;
  return all.some(({ from, hours: length }) => hours >= from && hours < from + length);
}

function partnersOf(life: Life, answers: Observation[]): Partners {
  const children = answers.flatMap((one) => (one.subject === 'order' ? [one.id] : []));
  const failed = children.slice(0, life.unreadable).map((orderId) => ({ orderId, why: 'price: null' }));
  const unknown = children.slice(life.unreadable, life.unreadable + life.unknown);
  const silent = new Set([...failed.map(({ orderId }) => orderId), ...unknown]);
  return {
    // What is known to be final is not read again.
    read: (now, { final }) =>
      isOut(life.upvest, now)
        ? { kind: 'failed', why: '503' }
        : {
            kind: 'read',
            observations: answers.filter((one) => one.subject !== 'order' || !silent.has(one.id)),
            failed: failed.filter(({ orderId }) => !final.includes(orderId)),
            unknown: unknown.filter((id) => !final.includes(id)),
          },
    deliver: (ids, now) => {
      if (!isOut(life.esw, now)) return ids.map((id) => ({ id, outcome: 'accepted' }));
      return life.eswSays === 'nothing' ? '503' : { why: life.eswSays, refusal: { message: '429' } };
    },
    cancel: (now) => (isOut(life.cancelFails, now) ? '503' : { kind: 'accepted' }),
    placement: (now) => isOut(life.placementOpen, now) && 'one is under way',
  };
}

function messagesOf(life: Life, reported: Observation[]): Message[] {
  const arrivals = life.arrives[Symbol.iterator]();
  const messages = reported.flatMap((one): Message[] => {
    const minutes = Number(arrivals.next().value);
    return minutes < 0 ? [] : [{ at: START + minutes * MINUTE, observations: [one] }];
  });
  if (life.cancelAfter === undefined) return messages;
  return [...messages, { at: START + life.cancelAfter * MINUTE, observations: [], cancel: true }];
}

function startOf({ isPlaced, detail }: Life): OrderState {
  const fresh = initialState(PORTFOLIO_ORDER, START, using, detail);
  return isPlaced ? withPlacement(fresh, placed, START) : fresh;
}

/** Findings say nothing about a wait, and most generated orders have one. */
function isNoticedIn(state: OrderState): boolean {
  return isOver(state) || attentionsOf(state, []).length > 0;
}

/** What an order has achieved: attempts and times do not count. */
function achieved({ record, emission, placed: by, adoptedAt }: OrderState): string {
  const children = record.orders.map(({ status, executions }) => [
    status,
    executions.map((one) => one.status),
  ]);
  return JSON.stringify([record.status, children, emission.accepted.length, by !== undefined, adoptedAt]);
}

/** Declares the test. Generated lives differ from run to run; a failure prints its seed. */
export function boundedWaits(lives: number): void {
  test(
    'no wait without an attention exceeds a day, whichever partner fails for however long (14.3)',
    () => {
      fc.assert(
        fc.property(arbitraryLives, (life) => {
          const { reported, answers } = generateOrder(life.plan);
          const messages = messagesOf(life, reported);
          let since = Math.max(START, ...messages.map(({ at }) => at));
          let looked = 0;
          let before: string | undefined;
          let last: Moment | undefined;
          for (const moment of runOrder(startOf(life), messages, partnersOf(life, answers), using, END)) {
            const { now, state } = moment;
            last = moment;
            if (now < looked + LOOK_EVERY) continue;
            looked = now;
            const isNoticed = isNoticedIn(state);
            const progress = achieved(state);
            if (progress !== before || isNoticed) since = Math.max(since, now);
            before = progress;
            if (now - since > DAY) throw new Error(`Unnoticed: ${viewOf(state).waitingFor}`);
          }
          if (last === undefined) return;
          const isNoticed = isNoticedIn(last.state);
          if (last.next === undefined && !isNoticed)
            throw new Error(`Waits for ever, unnoticed: ${viewOf(last.state).waitingFor}`);
        }),
        { numRuns: lives },
      );
    },
    LIMIT_MS,
  );
}
