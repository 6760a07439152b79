/**
 * Base of our errors: each names the next step, so that no caller parses messages. The subclasses of a partner are in its
 * folder; docs/errors.md has a table for operators.
 */

/** What the caller does after an error. */
export type NextStep =
  /** Final: the same request fails the same way. */
  | 'stop'
  /** Send the same again, after a pause. */
  | 'retry'
  /** Outcome unknown: look it up, or repeat it with the same key; never treat it as failed. */
  | 'look-up'
  /** Requires operator action: credentials, rights, configuration. */
  | 'ask-a-human';

/** Base class of expected errors. The message is for people, `code` for programs. */
export abstract class CoordinatorError extends Error {
  /** Stable, upper case. */
  abstract readonly code: string;
  abstract readonly next: NextStep;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * Parses a `Retry-After` header: seconds or an HTTP date (RFC 9110 10.2.3).
 *
 * @returns milliseconds from `nowMs`, never negative; undefined if the header is absent or invalid
 */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
