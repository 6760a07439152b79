/** A further HTTP server in front of the Temporal of a stack, or of none, with a configuration of its own. */
import { createHash } from 'node:crypto';
import { pino, type Logger } from 'pino';
import type { ApiToken } from '../../src/config/api-tokens';
import type { Client } from '@temporalio/client';
import type { ServerConfig } from '../../src/config/config';
import type { Role } from '../../src/app/roles';
import { startServer, type RunningServer, type ServerTiming } from '../../src/start-server';

/** It may be stopped more than once. */
export async function furtherServer(
  { config: given, client }: { config: ServerConfig; client: Client },
  http: Partial<ServerConfig['http']>,
  { logger = pino({ level: 'silent' }), ...pace }: ServerTiming & { logger?: Logger } = {},
): Promise<RunningServer> {
  const config = { ...given, http: { ...given.http, port: 0, ...http } };
  const server = await startServer(config, client, logger, pace);
  let stopped: Promise<void> | undefined;
  return { ...server, stop: () => (stopped ??= server.stop()) };
}

export function tokenEntry(token: string, role: Role, name = `test-${role}`): ApiToken {
  return { name, role, sha256: createHash('sha256').update(token).digest('hex') };
}

export interface LogLine extends Record<string, unknown> {
  msg: string;
  level: number;
}

/** A logger, and the lines it was given. */
export function listeningLogger(): { logger: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line) as LogLine) });
  return { logger, lines };
}
