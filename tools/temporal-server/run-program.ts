import { execFile } from 'node:child_process';

/**
 * Runs a program to its end.
 *
 * @returns what it wrote.
 * @throws Error with its last line on stderr when it cannot be started, ends with another code than 0, or takes longer
 * than `timeoutMs`, after which it is killed.
 */
export type Run = (
  command: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly env?: NodeJS.ProcessEnv },
) => Promise<{ readonly stdout: string; readonly stderr: string }>;

export const runProgram: Run = (command, args, { timeoutMs, env = process.env }) =>
  new Promise((resolve, reject) => {
    const options = {
      timeout: timeoutMs,
      // What hangs may ignore a milder signal.
      killSignal: 'SIGKILL',
      env,
      maxBuffer: 16 * 1024 * 1024,
    } as const;
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve({ stdout, stderr });
        return;
      }
      const lastLine = stderr.trim().split('\n').at(-1) ?? '';
      const why = child.killed ? `not done within ${timeoutMs / 1000} s` : lastLine;
      reject(new Error(why === '' ? error.message : why, { cause: error }));
    });
    // No prompt of it is answered.
    child.stdin?.end();
  });
