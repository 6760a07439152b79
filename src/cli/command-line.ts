/** One command line, from its arguments to its exit code. */
import { CommanderError } from 'commander';
import { describeEnvFile, readEnvFile } from '../env-file';
import type { Environment } from './command-context';
import type { Terminal } from './live-block';
import type { OrdersClient } from './orders-client';
import { EXIT, exitCodeOf } from './orders-problem';
import { createProgram, type GlobalOptions } from './program';
import { plain, plainLines } from './text';

/** What a command line has of the process that it runs in; `process` itself is one. */
export interface Host {
  env: Environment;
  stdout: Terminal & { isTTY?: boolean };
  stderr: Pick<Terminal, 'write'>;
  /** The folder whose `.env` belongs to the configuration; absent for none. */
  cwd?: () => string;
}

/** How commands reach the coordinator. */
export type Connect = (options: GlobalOptions, configuration: () => Environment) => Promise<OrdersClient>;

/**
 * Runs a command to its end. Nothing of it reaches the process but through `host`, colours excepted: Node decides about
 * them by the real stdout.
 *
 * @param args behind the program's name
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
  // Only for commands that need it: the file of a folder does not decide to which server a token is sent.
  const configuration = (): Environment => (configured ??= withEnvFile(host));
  const program = createProgram({
    out: (line) => void stdout.write(`${line}\n`),
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
    stderr.write(`${plainLines(message)}\n`);
    return exitCodeOf(error);
  }
}

/** Loaded when they are needed: each brings large libraries, and help and completion have to be quick. */
async function connectByOptions(
  { url, token = '', direct }: GlobalOptions,
  configuration: () => Environment,
): Promise<OrdersClient> {
  if (direct === true) return (await import('./direct-client.js')).createDirectClient(configuration());
  return (await import('./api-client.js')).createApiClient({ url, token });
}

/** @throws StartFailure where there is a file that cannot be read */
function withEnvFile({ env, stderr, cwd }: Host): Environment {
  if (cwd === undefined) return env;
  const all = { ...env };
  const file = readEnvFile(all, cwd());
  if (file) stderr.write(`${plain(describeEnvFile(file))}\n`);
  return all;
}
