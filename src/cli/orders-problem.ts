/** What can go wrong between a command and the order that it is about, and with which exit code the command then ends. */
import { plain } from './text';

/** Exit codes: an API. Scripts rely on them, so a number never changes its meaning. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  notSettled: 3,
  noSuchThing: 4,
  forbidden: 5,
  outcomeUnknown: 6,
} as const;

/** What each of them means, for the help and the documents. */
export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.done, 'done'],
  [EXIT.failed, 'failed; the message says why'],
  [EXIT.wrongUsage, 'wrong usage: nobody was asked'],
  [EXIT.notSettled, 'the order was refused or ended without being settled'],
  [EXIT.noSuchThing, 'there is no such order or parked event'],
  [EXIT.forbidden, 'a rule forbids it as things stand, or the name or key stands for something else'],
  [EXIT.outcomeUnknown, 'whether it was decided is not known: the same call again is safe'],
];

/**
 * Thrown when what a command asks for is not done. The message is for people and begins with the code, where the API
 * gave one.
 */
export class OrdersProblem extends Error {
  override readonly name = 'OrdersProblem';
  constructor(
    /** A code of the API's problems; NO_ANSWER and HTTP_<status> where there is none. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** One problem as people read it: code, what it means, what is wrong now, and each field that is. */
export function problemText(problem: {
  code: string;
  title?: string | undefined;
  detail?: string | undefined;
  errors?: { field: string; message: string }[] | undefined;
}): string {
  const { code, title = '', detail = '', errors = [] } = problem;
  return [
    `${plain(code)}: ${plain(title)}. ${plain(detail)}`,
    ...errors.map(({ field, message }) => `  - ${plain(field)} ${plain(message)}`),
  ].join('\n');
}

const EXITS: Partial<Record<string, number>> = {
  NOT_FOUND: EXIT.noSuchThing,
  FORBIDDEN_BY_RULE: EXIT.forbidden,
  REFERENCE_CONFLICT: EXIT.forbidden,
  IDEMPOTENCY_KEY_REUSED: EXIT.forbidden,
  ALREADY_ENDED: EXIT.forbidden,
  OUTCOME_UNKNOWN: EXIT.outcomeUnknown,
};

export function exitCodeOf(error: unknown): number {
  return error instanceof OrdersProblem ? (EXITS[error.code] ?? EXIT.failed) : EXIT.failed;
}

/** Problems that pass by themselves, as during a deploy. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof OrdersProblem &&
    /^(NO_ANSWER|UNAVAILABLE|TOO_MANY_REQUESTS|HTTP_429|HTTP_50[234])$/.test(error.code)
  );
}
