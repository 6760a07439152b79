import { inspect } from 'node:util';

/** The message of an error of the database or its connection. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  // Of a host with several addresses: the message is in each of its errors.
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  if (error.message === '' && first !== undefined) return reasonOf(first);
  return error.message;
}
