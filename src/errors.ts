/**
 * The vocabulary of failures: every error of ours says what happens next, so that no caller has to guess it from a
 * message. The classes of one partner are in its folder; a table for operators is in the documents.
 */

/** What the one who catches an error does next. */
export type NextStep =
  /** Final: the same request will be answered the same way. */
  | 'stop'
  /** Send the same again, after a pause. */
  | 'retry'
  /** It may have happened: find out, or repeat it under the same key; never treat it as failed. */
  | 'look-up'
  /** Nothing a program does will help: credentials, rights, configuration. */
  | 'ask-a-human';

/** Base of all errors that this project raises on purpose. Messages are for people, `code` is for programs. */
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
 * Reads a `Retry-After` header: seconds or an HTTP date (RFC 9110 10.2.3).
 *
 * @returns milliseconds from `nowMs`, never negative; undefined where the header is absent or unreadable
 */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
