#!/usr/bin/env node
/** The client script: `npm run cli -- place …`, installed as `portfolio-orders`. */
import { runCommandLine } from './command-line';

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

void runCommandLine(process.argv.slice(2), process).then((code) => {
  process.exitCode = code;
});
