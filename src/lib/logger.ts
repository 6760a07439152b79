/** Logs JSON lines to stderr, which keeps stdout free for output. */
import { pino, type Logger } from 'pino';

export function createLogger(name: string, level = 'info'): Logger {
  return pino({ name, level }, pino.destination(2));
}
