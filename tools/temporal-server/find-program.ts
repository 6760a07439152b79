import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { runProgram } from './run-program';
import type { Run } from './run-program';

/** Where to look for a program; tests replace what reaches outside. */
export interface ProgramSearch {
  /** Takes one line for each step. */
  readonly log: (line: string) => void;
  /** Read for PATH and XDG_CACHE_HOME, and given to the programs that fetch it; default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  readonly run?: Run;
}

/** What a source of a program works with; its log puts the program's label before each line. */
export type SourceContext = Required<ProgramSearch>;

/** A program that this project starts and can fetch for itself. */
export interface WantedProgram {
  /** Begins each line about it. */
  readonly label: string;
  /** Of its file, without an ending. */
  readonly name: string;
  /** Its folder in the cache. It names the version, so that a copy of another version is not used. */
  readonly cacheFolder: string;
  /** Starts the file at `path`. @returns a few words for the log. @throws Error when it does not run here. */
  readonly probe: (path: string, run: Run) => Promise<string>;
  /** Ways to get it, in their order. Each puts the program into a directory that exists and returns its path. */
  readonly sources: readonly {
    readonly name: string;
    readonly fetch: (directory: string, context: SourceContext) => Promise<string>;
  }[];
  /** What to do when none of them works. */
  readonly advice: string;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const fileName = (name: string): string => (process.platform === 'win32' ? `${name}.exe` : name);

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The file that this project's own copy of a program is kept in. */
export function cachedPath(
  { cacheFolder, name }: Pick<WantedProgram, 'cacheFolder' | 'name'>,
  env: NodeJS.ProcessEnv,
): string {
  // An empty variable counts as unset, says the XDG specification.
  const cacheHome =
    env.XDG_CACHE_HOME === undefined || env.XDG_CACHE_HOME === '' ? undefined : env.XDG_CACHE_HOME;
  const root = cacheHome ?? join(homedir(), '.cache');
  return join(root, 'portfolio-order-coordinator', cacheFolder, fileName(name));
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
 * Finds a program, or gets it: on the PATH, in this project's cache, by each of its sources in turn. Each step says in
 * one line what came of it.
 *
 * @returns the path of a binary that passed its probe.
 * @throws Error with the program's advice, when no step worked.
 */
export async function findProgram(wanted: WantedProgram, search: ProgramSearch): Promise<string> {
  const { env = process.env, run = runProgram } = search;
  const { label, name } = wanted;
  const log = (line: string): void => {
    search.log(`${label}: ${line}`);
  };
  const cached = cachedPath(wanted, env);

  const answering = async (path: string): Promise<string> => {
    const words = await wanted.probe(path, run);
    log(`using ${path} (${words})`);
    return path;
  };
  /** What does not run here never gets into the cache. */
  const fetched = async (fetch: WantedProgram['sources'][number]['fetch']): Promise<string> => {
    await intoCache(cached, async (directory) => {
      const path = await fetch(directory, { log, env, run });
      await wanted.probe(path, run);
      return path;
    });
    return answering(cached);
  };
  const onPath = async (): Promise<string> => {
    for (const directory of (env.PATH ?? '').split(delimiter).filter((entry) => entry !== '')) {
      const path = join(directory, fileName(name));
      if (await isExecutable(path)) return answering(path);
    }
    throw new Error('none there');
  };
  const inCache = async (): Promise<string> => {
    if (!(await isExecutable(cached))) throw new Error(`no ${cached}`);
    return answering(cached);
  };

  const steps: readonly [step: string, take: () => Promise<string>][] = [
    [`"${name}" on the PATH`, onPath],
    ['a copy cached before', inCache],
    ...wanted.sources.map(({ name: source, fetch }): [string, () => Promise<string>] => [
      source,
      () => fetched(fetch),
    ]),
  ];
  for (const [step, take] of steps) {
    try {
      return await take();
    } catch (error) {
      log(`${step} is not available: ${reason(error)}`);
    }
  }
  throw new Error(wanted.advice);
}
