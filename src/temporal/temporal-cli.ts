import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { downloadCli } from './temporal-download';

/** The newest version that `go install` builds as it is (later ones have a `replace` line in their go.mod). */
export const CLI_VERSION = 'v1.5.1';
const GO_PACKAGE = `github.com/temporalio/cli/cmd/temporal@${CLI_VERSION}`;
const BINARY = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/**
 * Runs a program to its end.
 *
 * @returns what it wrote to stdout.
 * @throws Error when it cannot be started, ends with another code than 0, or takes longer than `timeoutMs`.
 */
export type Run = (
  command: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly env?: NodeJS.ProcessEnv },
) => Promise<string>;

/** Where to look for the Temporal CLI, and how to get it; tests replace the parts that reach outside. */
export interface CliSearch {
  /** Takes one line for each step. */
  readonly log: (line: string) => void;
  /** Read for PATH, XDG_CACHE_HOME and the Go tool; default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  readonly run?: Run;
  /** Puts the binary of {@link CLI_VERSION} into a directory and returns its path. */
  readonly download?: (directory: string) => Promise<string>;
}

const runProgram: Run = (command, args, { timeoutMs, env }) =>
  new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, env: env ?? process.env, maxBuffer: 16 * 1024 * 1024 };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr.trim().split('\n').at(-1) ?? error.message, { cause: error }));
    });
  });

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The file that this project's own copy of the CLI is kept in. */
export function cachedCliPath(env: NodeJS.ProcessEnv = process.env): string {
  // An empty variable counts as unset, says the XDG specification.
  const cacheHome =
    env.XDG_CACHE_HOME === undefined || env.XDG_CACHE_HOME === '' ? undefined : env.XDG_CACHE_HOME;
  const root = cacheHome ?? join(homedir(), '.cache');
  return join(root, 'portfolio-order-coordinator', `temporal-cli-${CLI_VERSION}`, BINARY);
}

/**
 * Lets `acquire` put a binary into a directory of its own beside the cache, then moves it in by one rename: two
 * processes at once do the work twice, and neither ever sees half a file.
 */
async function intoCache(target: string, acquire: (directory: string) => Promise<string>): Promise<string> {
  await mkdir(dirname(target), { recursive: true });
  const workshop = await mkdtemp(`${dirname(target)}.tmp-`);
  try {
    await rename(await acquire(workshop), target);
    return target;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/**
 * Finds a Temporal CLI, or gets one: on the PATH, in this project's cache, by the download that the SDK's test
 * environment uses, by `go install` (some five minutes, once). Each step says in one line what came of it.
 *
 * @returns the path of a binary that answered `--version`.
 * @throws Error that says what to install, when no step worked.
 */
export async function findTemporalCli(search: CliSearch): Promise<string> {
  const {
    log,
    env = process.env,
    run = runProgram,
    download = (to: string) => downloadCli(CLI_VERSION, to),
  } = search;
  const cached = cachedCliPath(env);

  const answering = async (path: string): Promise<string> => {
    const version = await run(path, ['--version'], { timeoutMs: 10_000 });
    log(`Temporal: using ${path} (${version.trim()})`);
    return path;
  };
  const onPath = async (): Promise<string> => {
    for (const directory of (env.PATH ?? '').split(delimiter).filter((entry) => entry !== '')) {
      const path = join(directory, BINARY);
      if (await isExecutable(path)) return answering(path);
    }
    throw new Error('none there');
  };
  const inCache = async (): Promise<string> => {
    if (!(await isExecutable(cached))) throw new Error(`no ${cached}`);
    return answering(cached);
  };
  const byDownload = async (): Promise<string> => answering(await intoCache(cached, download));
  const byGo = async (): Promise<string> => {
    await run('go', ['version'], { timeoutMs: 10_000, env });
    log(`Temporal: building the server once with "go install ${GO_PACKAGE}"; this takes about five minutes`);
    const build = async (directory: string): Promise<string> => {
      // Flags a developer set for other work (such as -mod=vendor) make an install by version fail.
      const goEnv = { ...env, GOBIN: directory, GOFLAGS: '-buildvcs=false' };
      await run('go', ['install', GO_PACKAGE], { timeoutMs: 30 * 60_000, env: goEnv });
      return join(directory, BINARY);
    };
    return answering(await intoCache(cached, build));
  };

  const steps: readonly [name: string, step: () => Promise<string>][] = [
    ['"temporal" on the PATH', onPath],
    ['a copy cached before', inCache],
    ["the SDK's download", byDownload],
    ['go install', byGo],
  ];
  for (const [name, step] of steps) {
    try {
      return await step();
    } catch (error) {
      log(`Temporal: ${name} is not available: ${reason(error)}`);
    }
  }
  throw new Error(
    'No Temporal server: install the Temporal CLI (https://docs.temporal.io/cli, or "brew install temporal") so that ' +
      '"temporal" is on the PATH, or install Go 1.25 or newer, or set TEMPORAL_ADDRESS to a running server.',
  );
}
