/** One command line, from its arguments to its exit code. */
import { CommanderError } from 'commander';
import type { Environment } from './command-context';
import type { Terminal } from './live-block';
import type { OrdersClient } from './orders-client';
import { EXIT, exitCodeOf } from './orders-problem';
import { createProgram, type GlobalOptions } from './program';
import { plainLines } from './text';

/** What a command line has of the process that it runs in; `process` itself is one. */
export interface Host {
  env: Environment;
  stdout: Terminal & { isTTY?: boolean };
  stderr: Pick<Terminal, 'write'>;
}

/**
 * Runs a command to its end. Nothing of it reaches the process but through `host`, colours excepted: Node decides about
 * them by the real stdout.
 *
 * @param args behind the program's name
 * @returns the exit code
 */
export async function runCommandLine(args: readonly string[], host: Host): Promise<number> {
  const { env, stdout, stderr } = host;
  let exitCode: number = EXIT.done;
  const program = createProgram({
    out: (line) => void stdout.write(`${line}\n`),
    write: {
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    },
    environment: env,
    connect: (options) => connect(options, env),
    endWith: (code) => void (exitCode = code),
    ...(stdout.isTTY === true && env.TERM !== 'dumb' && { terminal: stdout }),
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
    const message = error instanceof Error ? error.message : String(error);
    stderr.write(`${plainLines(message)}\n`);
    return exitCodeOf(error);
  }
}

/** Loaded when they are needed: each brings large libraries, and help and completion have to be quick. */
async function connect({ url, token = '', direct }: GlobalOptions, env: Environment): Promise<OrdersClient> {
  if (direct === true) return (await import('./direct-client.js')).createDirectClient(env);
  return (await import('./api-client.js')).createApiClient({ url, token });
}
