/**
 * Keeps the end that ESW knows true. Once the end of a portfolio order was reported to ESW, by SETTLED or by the final
 * settlement event of a cancelled one, another status or amount follows in a correction, whenever and in whatever order the
 * broker's reports arrive (references/esw.md#order-of-events).
 */
import { isFinishedAtBroker } from '../broker/completion';
import type { PortfolioOrderRecord } from '../broker/record';
import { isFinallySettled } from '../order-event/close-out';
import { endFacts, isCorrection, isEnding } from '../order-event/correction';
import type { Emission, OutboxEntry } from './outbox';

/**
 * Adds a correction if the order is finished and its end differs from the one last reported to ESW. Removes a pending final
 * settlement event of an order that is no longer cancelled, or no longer final.
 *
 * @param before the record before the observations that were just applied: states of older versions lack the reported end
 */
export function withLastWord(
  emission: Emission,
  record: PortfolioOrderRecord,
  before: PortfolioOrderRecord,
  now: number,
): Emission {
  const outbox = emission.outbox.filter((entry) => entry.status !== 'CLOSED' || isFinallySettled(record));
  const reportedEnd = emission.reportedEnd ?? (hasReportedEnd(emission) ? endFacts(before) : undefined);
  if (reportedEnd === undefined) return { ...emission, outbox };
  const facts = endFacts(record);
  const isTrue = facts === reportedEnd || outbox.some(isEnding);
  if (isTrue || !isFinishedAtBroker(record)) return { ...emission, outbox, reportedEnd };
  const correction: OutboxEntry = { status: `CORRECTED-${correctionsOf(emission) + 1}`, seenAt: now };
  return { ...emission, reportedEnd: facts, outbox: [...outbox, correction] };
}

/** True once the bytes of an ending event are fixed. */
function hasReportedEnd({ accepted, inFlight, retryQueue, refused }: Emission): boolean {
  const built = refused.filter(({ id }) => id !== undefined);
  return [...accepted, ...inFlight, ...retryQueue, ...built].some(isEnding);
}

function correctionsOf({ outbox, inFlight, retryQueue, accepted, refused, skipped = [] }: Emission): number {
  return [...outbox, ...inFlight, ...retryQueue, ...accepted, ...refused, ...skipped].filter(({ status }) =>
    isCorrection(status),
  ).length;
}
