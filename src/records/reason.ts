import { inspect } from 'node:util';
import { isErrorLike } from '../lib/error-log';

/** The message of an error of the database or its connection. */
export function reasonOf(error: unknown): string {
  if (!isErrorLike(error)) return inspect(error);
  // Of a host with several addresses: the message is in each of its errors.
  const [first] = 'errors' in error && Array.isArray(error.errors) ? (error.errors as unknown[]) : [];
  if (error.message === '' && first !== undefined) return reasonOf(first);
  return error.message;
}
