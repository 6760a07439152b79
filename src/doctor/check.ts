/** One check of the doctor: read-only and with a time limit. */
import { describeSkew, WORST_SKEW_MS } from '../partners/clock-skew';
import { TimeLimitReached, untilAborted, withTimeLimit } from '../lib/timeout';

/** Outcome of a check. Details may have several lines. */
export type CheckOutcome =
  | { result: 'ok'; detail: string }
  | { result: 'failed'; detail: string; remedy: string }
  | { result: 'not-checked'; detail: string };

export type Area = 'configuration' | 'Temporal' | 'Database' | 'Upvest' | 'ESW' | 'HTTP server' | 'readiness';

export type CheckResult = CheckOutcome & { area: Area; name: string };

export const ok = (detail: string): CheckOutcome => ({ result: 'ok', detail });
export const failed = (detail: string, remedy: string): CheckOutcome => ({
  result: 'failed',
  detail,
  remedy,
});
export const notChecked = (detail: string): CheckOutcome => ({ result: 'not-checked', detail });

export interface Check {
  area: Area;
  name: string;
  /** A rejection counts as failed. */
  run: () => Promise<CheckOutcome>;
  /** Remedy when `run` rejects or exceeds the time limit. */
  remedy: string;
}

/** @param timeoutMs time limit of the check */
export async function runCheck({ area, name, run, remedy }: Check, timeoutMs: number): Promise<CheckResult> {
  try {
    const outcome = await withTimeLimit(timeoutMs, (signal) => untilAborted(run(), signal));
    return { area, name, ...outcome };
  } catch (error) {
    const reason =
      error instanceof TimeLimitReached ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error);
    return { area, name, ...failed(reason, remedy) };
  }
}

/** @param skewMs milliseconds that this machine's clock is ahead of the partner's */
export function clockCheck(skewMs: number, partner: string): CheckOutcome {
  const text = describeSkew(skewMs, partner);
  return Math.abs(skewMs) > WORST_SKEW_MS
    ? failed(
        `this machine's clock is ${text}`,
        'Synchronise the clock: signatures expire within seconds, and webhooks of the future are rejected.',
      )
    : ok(text);
}

/** The message of an error, with Node's error code: some have no message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const isKnown = typeof code === 'string' && !error.message.includes(code);
  return isKnown ? `${code} ${error.message}`.trim() : error.message;
}
