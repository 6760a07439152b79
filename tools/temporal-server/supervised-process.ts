import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** A program that runs beside us and does not outlive us. */
export interface SupervisedProcess {
  readonly pid: number | undefined;
  /** How it ended (`code 1`, `SIGKILL`, or why it could not be started); undefined while it runs. */
  readonly endedWith: () => string | undefined;
  /** The last lines it wrote to stderr. */
  readonly lastWords: () => string;
  /** Asks it to end, kills it when it does not in time, and waits until it is gone. */
  readonly stop: () => Promise<void>;
  /** Sends it this signal and waits until it is gone. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

/**
 * Starts a program that ends with this process at the latest, even when this process is killed. Ctrl-C in the terminal
 * does not reach it: its user decides when it is no longer needed.
 *
 * @param termLimitMs how long `stop` waits for it to end by itself
 * @param place its environment and folder; by default ours
 */
export function startSupervised(
  command: string,
  args: readonly string[],
  termLimitMs = 5_000,
  place: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): SupervisedProcess {
  const child = spawn(command, args, { ...place, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const guard = startGuard(child.pid);
  const killNow = (): void => void child.kill('SIGKILL');
  process.on('exit', killNow);

  let ending: string | undefined;
  let written = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written = (written + text).slice(-4_000)));
  const gone = new Promise<void>((resolve) => {
    const end = (how: string): void => {
      ending ??= how;
      process.off('exit', killNow);
      guard?.kill('SIGKILL');
      resolve();
    };
    child.once('error', (error) => {
      end(error.message);
    });
    child.once('close', (code, signal) => {
      end(signal ?? `code ${String(code)}`);
    });
  });

  const stop = async (): Promise<void> => {
    if (ending === undefined) child.kill('SIGTERM');
    const lastResort = setTimeout(killNow, termLimitMs);
    await gone;
    clearTimeout(lastResort);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (ending === undefined) child.kill(signal);
    await gone;
  };
  const lastWords = (): string => written.trim().split('\n').slice(-10).join('\n');
  return { pid: child.pid, endedWith: () => ending, lastWords, stop, end };
}

/**
 * A shell that waits for the end of its input, which is the end of this process, and then kills. No hook of Node's runs
 * when a signal ends this process, and Linux's own means (PR_SET_PDEATHSIG) is not within Node's reach.
 */
function startGuard(pid: number | undefined): ChildProcess | undefined {
  if (pid === undefined || process.platform === 'win32') return undefined;
  const script = 'read -r _; kill -KILL "$0"';
  const guard = spawn('sh', ['-c', script, String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Without a shell there is no guard; the exit hook remains.
  guard.on('error', () => undefined);
  return guard;
}
