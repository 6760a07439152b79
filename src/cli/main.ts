#!/usr/bin/env node
/** The client script: `npm run cli -- place …`, installed as `portfolio-orders`. */
import { CommanderError } from 'commander';
import { EXIT, exitCodeOf } from './orders-problem';
import { createProgram, type GlobalOptions } from './program';
import type { OrdersClient } from './orders-client';
import { plainLines } from './text';

/** Loaded when they are needed: each brings large libraries, and help and completion have to be quick. */
async function connect({ url, token = '', direct }: GlobalOptions): Promise<OrdersClient> {
  if (direct === true) return (await import('./direct-client.js')).createDirectClient(process.env);
  return (await import('./api-client.js')).createApiClient({ url, token });
}

function end(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${plainLines(message)}\n`);
  process.exitCode = exitCodeOf(error);
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

createProgram({ out: (line) => void process.stdout.write(`${line}\n`), connect })
  .parseAsync()
  .catch(end);
