/** Logs JSON lines to stderr, which keeps stdout free for output. */
import { pino, type Logger, type LoggerOptions } from 'pino';
import { describeError, isErrorLike } from './error-log';

/** Errors keep message, cause and stack under whatever name they are logged: pino itself does so for `err` only. */
export const LOG_OPTIONS = {
  serializers: { err: describeError },
  formatters: {
    log: (fields) =>
      Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [
          name,
          name !== 'err' && isErrorLike(value) ? describeError(value) : value,
        ]),
      ),
  },
} satisfies LoggerOptions;

export function createLogger(name: string, level = 'info'): Logger {
  return pino({ ...LOG_OPTIONS, name, level }, pino.destination(2));
}
