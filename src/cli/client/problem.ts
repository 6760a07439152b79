/** Failures of commands, and their exit codes. */
import { sanitized } from '../output/text';
import { own } from '../../domain/values/own';

/** Exit codes. Scripts rely on them: a number never changes its meaning. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  notSettled: 3,
  notFound: 4,
  forbidden: 5,
  outcomeUnknown: 6,
} as const;

/** Meanings for the help and the documents. */
export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.done, 'done'],
  [EXIT.failed, 'failed; the message says why'],
  [EXIT.wrongUsage, 'invalid usage; no request was sent'],
  [EXIT.notSettled, 'the order was rejected or finished without settling'],
  [EXIT.notFound, 'order or parked event not found'],
  [EXIT.forbidden, "not allowed in the order's current state, or the reference or key is already in use"],
  [EXIT.outcomeUnknown, 'outcome unknown; the same call is safe to retry'],
];

/**
 * Thrown when a command fails. The message is for people and begins with the code, where the API gave one.
 */
export class OrdersProblem extends Error {
  override readonly name = 'OrdersProblem';
  constructor(
    /** Problem code of the API; NO_ANSWER or HTTP_<status> where there is none. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Formats a problem for people: code, title, detail and invalid fields. */
export function problemText(problem: {
  code: string;
  title?: string | undefined;
  detail?: string | undefined;
  errors?: { field: string; message: string }[] | undefined;
}): string {
  const { code, title = '', detail = '', errors = [] } = problem;
  return [
    `${sanitized(code)}: ${sanitized(title)}. ${sanitized(detail)}`,
    ...errors.map(({ field, message }) => `  - ${sanitized(field)} ${sanitized(message)}`),
  ].join('\n');
}

const EXITS: Partial<Record<string, number>> = {
  NOT_FOUND: EXIT.notFound,
  FORBIDDEN_BY_RULE: EXIT.forbidden,
  REFERENCE_CONFLICT: EXIT.forbidden,
  IDEMPOTENCY_KEY_REUSED: EXIT.forbidden,
  ALREADY_ENDED: EXIT.forbidden,
  OUTCOME_UNKNOWN: EXIT.outcomeUnknown,
};

export function exitCodeOf(error: unknown): number {
  return error instanceof OrdersProblem ? (own(EXITS, error.code) ?? EXIT.failed) : EXIT.failed;
}

/** True for problems that pass without action, as during a deploy. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof OrdersProblem &&
    /^(NO_ANSWER|UNAVAILABLE|RECORDS_UNAVAILABLE|TOO_MANY_REQUESTS|HTTP_429|HTTP_50[234])$/.test(error.code)
  );
}
