/** The outcome of a placement: waits for it, prints it with the next command, and gives scripts an exit code. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import { refusalText } from '../../domain/broker/problem';
import type { OrderStatusView } from '../../app/orders/read';
import type { OrdersClient } from '../client/orders-client';
import { EXIT, isTransient } from '../client/problem';
import { quoted, sanitized } from '../output/text';

const POLL_INTERVAL_MS = 200;
const LONGEST_WAIT_SECONDS = 3600;

export function secondsIn(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) > LONGEST_WAIT_SECONDS)
    throw new InvalidArgumentError(`enter a whole number from 0 to ${LONGEST_WAIT_SECONDS}`);
  return Number(text);
}

/**
 * Reads the order until Upvest has it or certainly has not, at most for `waitMs`; at least once.
 *
 * @returns undefined when the order could not be read
 * @throws OrdersProblem unless it is one that passes
 */
export async function placementOutcome(
  client: OrdersClient,
  reference: string,
  waitMs: number,
): Promise<OrderStatusView | undefined> {
  const endsAt = Date.now() + waitMs;
  for (;;) {
    let view: OrderStatusView | undefined;
    try {
      view = await client.read(reference);
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
    if ((view !== undefined && exitOf(view) !== EXIT.outcomeUnknown) || Date.now() >= endsAt) return view;
    await sleep(Math.min(POLL_INTERVAL_MS, Math.max(1, endsAt - Date.now())));
  }
}

export function exitOf(view: OrderStatusView | undefined): number {
  if (view?.portfolioOrderId !== undefined) return EXIT.done;
  const isRejected = view?.phase === 'REFUSED' || view?.phase === 'NOT_PLACED';
  return isRejected ? EXIT.notSettled : EXIT.outcomeUnknown;
}

/** The outcome and the next command. */
export function placedLines(reference: string, view: OrderStatusView | undefined): string[] {
  const next = (command: string): string => `Next: portfolio-orders ${command} ${quoted(reference)}`;
  const { portfolioOrderId, placement, phase } = view ?? {};
  if (portfolioOrderId !== undefined) {
    return [`${reference}: Upvest has the order as ${sanitized(portfolioOrderId)}.`, next('watch')];
  }
  const { problem } = placement ?? {};
  if (phase === 'REFUSED') {
    const why = problem === undefined ? 'Upvest rejected the order' : sanitized(refusalText(problem));
    return [`${reference}: ${why}.`, next('timeline')];
  }
  if (phase === 'NOT_PLACED')
    return [`${reference}: an operator decided that there is no order.`, next('timeline')];
  if (phase === 'NOT_STARTED')
    return [`${reference}: its placement was never started; place it again.`, next('show')];
  if (phase === 'UNKNOWN') return [`${reference}: it is unknown whether Upvest has the order.`, next('show')];
  return [`${reference} was requested; Upvest has not answered yet.`, next('watch')];
}

export function placedJson(
  reference: string,
  submitted: 'new' | 'known',
  view: OrderStatusView | undefined,
): object {
  const { phase, portfolioOrderId, placement } = view ?? {};
  return { reference, submitted, phase, portfolioOrderId, problem: placement?.problem };
}
