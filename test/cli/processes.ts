/** The compiled programs as processes of their own. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const root = resolve(__dirname, '../..');
const BUILD_LIMIT_MS = 120_000;

/** Compiles where that was not done before; `npm test` always does. Call it in `beforeAll`. */
export function ensureBuilt(): void {
  if (existsSync(join(root, 'dist/src/worker.js'))) return;
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit', timeout: BUILD_LIMIT_MS });
}

export interface Ended {
  code: number | null;
  /** Without colours, unless they are kept. */
  stdout: string;
  stderr: string;
}

export interface StartOptions {
  /** Default: a folder without `.env`; that of a developer, in the root, must not get into the tests. */
  cwd?: string;
  /** Reads nothing: what the program prints meets a closed pipe. */
  closeOutput?: boolean;
  keepColours?: boolean;
}

export interface Running {
  process: ChildProcess;
  /** What it has written to stderr so far. */
  stderr(): string;
  ended: Promise<Ended>;
}

/** Starts `dist/src/<program>` with nothing but this environment, not even that of the test run. */
export function start(
  program: string,
  args: string[],
  environment: Record<string, string>,
  { cwd = __dirname, closeOutput = false, keepColours = false }: StartOptions = {},
): Running {
  const child = spawn(process.execPath, [join(root, 'dist/src', program), ...args], {
    cwd,
    env: { PATH: process.env.PATH, TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (closeOutput) child.stdout.destroy();
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const { stdout, stderr } = text;
      const shown = keepColours ? (kept: string) => kept : stripVTControlCharacters;
      resolve({ code, stdout: shown(stdout), stderr: shown(stderr) });
    });
  });
  return { process: child, stderr: () => text.stderr, ended };
}

export function run(
  program: string,
  args: string[] = [],
  environment: Record<string, string> = {},
  options: StartOptions = {},
): Promise<Ended> {
  return start(program, args, environment, options).ended;
}
