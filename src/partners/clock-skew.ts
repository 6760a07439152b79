/**
 * How far our clock is off, by the `Date` header of partners' answers (RFC 9110 section 6.6.1). Signatures and tokens depend on
 * clocks that agree.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** Called with the milliseconds that our clock is ahead of a partner's, after each answer that says its time. */
export type OnClockSkew = (skewMs: number) => void;

/** From here on a clock needs attention: Upvest rejects signatures that are about ten seconds off. Milliseconds. */
export const WORST_SKEW_MS = 5_000;

/**
 * Milliseconds that our clock is ahead; accurate to half a second and half the time of the exchange.
 *
 * @returns undefined if the answer has no usable time, as when a cache sent it: then it has an `Age`
 */
export function clockSkewMs(
  headers: IncomingHttpHeaders,
  { sentAt, receivedAt }: { sentAt: number; receivedAt: number },
): number | undefined {
  const theirs = Date.parse(headers.date ?? '');
  if (Number.isNaN(theirs) || headers.age !== undefined) return undefined;
  // The header has whole seconds, so that the true time is half a second later on average.
  return (sentAt + receivedAt) / 2 - (theirs + 500);
}

/** `3 s ahead of Upvest`, `in sync with ESW`. */
export function describeSkew(skewMs: number, partner: string): string {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return seconds < 1
    ? `in sync with ${partner}`
    : `${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} ${partner}`;
}

export function isClockOff(skewMs: number): boolean {
  return Math.abs(skewMs) > WORST_SKEW_MS;
}

/** Warns when the clock begins to be off, and then once a minute while it is. */
export function createSkewWarning(
  partner: string,
  warn: (fields: object, message: string) => void,
  monotonicMs: () => number = () => performance.now(),
): OnClockSkew {
  let warnedAt = -Infinity;
  return (skewMs) => {
    if (!isClockOff(skewMs) || monotonicMs() - warnedAt < 60_000) return;
    warnedAt = monotonicMs();
    const message = `The clock of this machine is ${describeSkew(skewMs, partner)}: synchronise it, or signatures are rejected`;
    warn({ skewSeconds: Math.round(skewMs / 1000) }, message);
  };
}
