/** Logs: one JSON line each, on stderr, so that what commands print stays clean. */
import { pino, type Logger } from 'pino';

export function createLogger(name: string, level = 'info'): Logger {
  return pino({ name, level }, pino.destination(2));
}
