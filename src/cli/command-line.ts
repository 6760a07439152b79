/** Runs one command line, from its arguments to its exit code. */
import { CommanderError } from 'commander';
import { describeEnvFile, readEnvFile } from '../lib/env-file';
import type { Environment, GlobalOptions } from './command-context';
import type { Terminal } from './output/live-block';
import type { OrdersClient } from './client/orders-client';
import { EXIT, exitCodeOf } from './client/problem';
import { createProgram } from './program';
import { sanitized, sanitizedLines } from './output/text';

/** The process as a command line uses it; `process` itself is one. */
export interface Host {
  env: Environment;
  stdout: Terminal & { isTTY?: boolean; once?(event: 'drain', listener: () => void): unknown };
  stderr: Pick<Terminal, 'write'>;
  /** The folder of the `.env` file; absent for none. */
  cwd?: () => string;
}

/** How commands reach the coordinator. */
export type Connect = (options: GlobalOptions, configuration: () => Environment) => Promise<OrdersClient>;

/**
 * Runs a command to its end. It touches the process through `host` only, except for colours: Node decides these by the
 * real stdout.
 *
 * @param args after the program's name
 * @returns the exit code
 */
export async function runCommandLine(
  args: readonly string[],
  host: Host,
  connect: Connect = connectByOptions,
): Promise<number> {
  const { env, stdout, stderr } = host;
  let exitCode: number = EXIT.done;
  let configured: Environment | undefined;
  // Only for commands that need it: a folder's file must not decide which server receives the token.
  const configuration = (): Environment => (configured ??= withEnvFile(host));
  const program = createProgram({
    out: (line) => void stdout.write(`${line}\n`),
    stream: (text) => writeAll(stdout, text),
    write: {
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    },
    environment: env,
    connect: (options) => connect(options, configuration),
    configuration,
    endWith: (code) => void (exitCode = code),
    ...(stdout.isTTY === true && env.TERM !== 'dumb' && { terminal: stdout }),
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
    const message = error instanceof Error ? error.message : String(error);
    stderr.write(`${sanitizedLines(message)}\n`);
    return exitCodeOf(error);
  }
}

/** A slow reader does not fill the memory. */
async function writeAll(stdout: Host['stdout'], text: string): Promise<void> {
  if (stdout.write(text) !== false || stdout.once === undefined) return;
  await new Promise<void>((resolve) => stdout.once?.('drain', resolve));
}

/** Loads the clients on demand: they bring large libraries, and help and completion must be quick. */
async function connectByOptions(
  { url, token = '', direct }: GlobalOptions,
  configuration: () => Environment,
): Promise<OrdersClient> {
  if (direct === true) return (await import('./client/direct-client.js')).createDirectClient(configuration());
  return (await import('./client/api-client.js')).createApiClient({ url, token });
}

/** @throws StartFailure for a file that cannot be read */
function withEnvFile({ env, stderr, cwd }: Host): Environment {
  if (cwd === undefined) return env;
  const all = { ...env };
  const file = readEnvFile(all, cwd());
  if (file) stderr.write(`${sanitized(describeEnvFile(file))}\n`);
  return all;
}
