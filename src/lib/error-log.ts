/** What a log keeps of an error. */
import { inspect } from 'node:util';

/** Without other members: those of engine failures hold whole payloads. */
export interface LoggedError {
  type: string;
  message: string;
  stack?: string;
  /** Stable code of our errors, and of Node's. */
  code?: string;
  cause?: LoggedError | string;
}

/** A cause of a cause, and so on; a circle would have no end. */
const MAX_DEPTH = 8;

/** Also errors of another realm, such as the sandbox of workflows. */
export function isErrorLike(value: unknown): value is Error {
  return (
    value instanceof Error ||
    (typeof value === 'object' &&
      value !== null &&
      typeof (value as Error).message === 'string' &&
      typeof (value as Error).stack === 'string')
  );
}

export function describeError(error: unknown): LoggedError | string {
  return described(error, MAX_DEPTH);
}

function described(error: unknown, depth: number): LoggedError | string {
  if (!isErrorLike(error))
    return typeof error === 'string' ? error : inspect(error, { depth: 3, breakLength: Infinity });
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  const isCoded = typeof code === 'string' || typeof code === 'number';
  return {
    type: name,
    message,
    ...(stack !== undefined && { stack }),
    ...(isCoded && { code: String(code) }),
    ...(cause !== undefined && cause !== null && depth > 0 && { cause: described(cause, depth - 1) }),
  };
}
