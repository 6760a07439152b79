#!/usr/bin/env node
/** The command line, `portfolio-orders`: installed by that name, and in a checkout as `bin/portfolio-orders`. */
import { runCommandLine } from './command-line';

// A reader that closes early, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

void runCommandLine(process.argv.slice(2), process).then((code) => {
  process.exitCode = code;
});
